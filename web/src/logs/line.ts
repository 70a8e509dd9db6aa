/** Lines of a log as the server sends them with `timestamps=true`: `2026-11-28T15:37:10.123456789Z text`. */
export interface RawLine {
  /** As it is written; empty for a line without one. */
  time: string;
  text: string;
}

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;
/** Colours and movements of the cursor; what is left of them would be noise. */
const ESCAPES = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?|[@-Z\\\\-_])`,
  'g',
);

export function parseLine(line: string): RawLine {
  const time = STAMPED.exec(line);
  return { time: time?.[1] ?? '', text: clean(line.slice(time?.[0].length ?? 0)) };
}

/** A line that overwrites itself (`\r`) is shown as it would be at the end. */
function clean(text: string): string {
  const plain = text.includes('\u001b') ? text.replace(ESCAPES, '') : text;
  const ended = plain.endsWith('\r') ? plain.slice(0, -1) : plain;
  return ended.includes('\r') ? ended.slice(ended.lastIndexOf('\r') + 1) : ended;
}

/** A longer line would hold the page up: its end is left out. Characters. */
const MAX_LINE = 64 * 1024;

/** Chunks of text become whole lines. What is cut off in the middle of a line is no line. */
export class LineSplitter {
  #rest = '';

  add(chunk: string): string[] {
    const [first = '', ...others] = chunk.split('\n').map(shortened);
    const lines = [shortened(this.#rest + first), ...others];
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  /** The last line of a log that ended, where it has no newline. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

function shortened(line: string): string {
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}
