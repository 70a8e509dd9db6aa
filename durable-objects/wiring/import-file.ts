/** The file that a cluster is made of, as it arrives. */
import { BadFile } from '../history/read-file.ts';

/** One write may be a few megabytes, escaped twice. */
const MAX_LINE = 8 * 1024 * 1024;
const MAX_MANIFEST = 20 * 1024 * 1024;
const HISTORY_START = '{"islet":';

export interface ArrivingFile {
  format: 'history' | 'yaml';
  lines(): AsyncGenerator<string>;
  /** The whole text. */
  text(): Promise<string>;
}

/** Looks at the beginning of the file, which tells what it is. Throws {@link BadFile}. */
export async function arriving(file: ReadableStream<Uint8Array>): Promise<ArrivingFile> {
  const pieces = decoded(file);
  const held: string[] = [];
  let length = 0;
  while (length < HISTORY_START.length) {
    const { done, value } = await pieces.next();
    if (done) break;
    held.push(value);
    length += value.length;
  }
  const start = held.join('');
  if (start.trim() === '') throw new BadFile('the file is empty');
  const all = async function* (): AsyncGenerator<string> {
    yield start;
    yield* pieces;
  };
  return {
    format: start.startsWith(HISTORY_START) ? 'history' : 'yaml',
    lines: () => linesOf(all()),
    text: () => textOf(all()),
  };
}

async function* decoded(file: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = decoder.decode(value, { stream: !done });
      if (text !== '') yield text;
      if (done) return;
    }
  } catch (error) {
    if (error instanceof BadFile) throw error;
    throw new BadFile(`the file cannot be read to its end: it is cut off, or neither text nor gzip`);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new BadFile('a line of the file is longer than any object');
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  const held: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length > MAX_MANIFEST) throw new BadFile('the file is longer than 20 MB: apply it in parts');
  }
  return held.join('');
}
