/** The body of an answer in pieces that are worth a step each. */
import type { EdgeResponse } from '../env.ts';

type Pieces = AsyncIterable<Uint8Array>;

/** Bytes that are read at a time. The runtime's own iterator reads 4 KB, and each step costs more than what is in it. */
const PIECE = 256 * 1024;

interface NativeReader {
  readAtLeast?(least: number, view: Uint8Array): Promise<{ value?: Uint8Array; done: boolean }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

export async function* piecesOf(body: EdgeResponse['body']): AsyncGenerator<Uint8Array> {
  let reader: NativeReader | undefined;
  try {
    reader = body?.getReader({ mode: 'byob' }) as unknown as NativeReader;
  } catch {
    // A stream of another make than the runtime's.
  }
  if (!reader?.readAtLeast) {
    reader?.releaseLock();
    yield* body as unknown as Pieces;
    return;
  }
  let isAtEnd = false;
  try {
    let room = new ArrayBuffer(PIECE);
    for (;;) {
      const { value, done } = await reader.readAtLeast(PIECE / 2, new Uint8Array(room));
      isAtEnd = done;
      if (value && value.length > 0) yield value;
      if (done) return;
      room = (value as Uint8Array).buffer as ArrayBuffer;
    }
  } finally {
    if (!isAtEnd) await reader.cancel();
  }
}
