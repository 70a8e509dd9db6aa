/** CRI log lines: `<RFC 3339 time> stdout|stderr F|P <text>`; P is part of a line that goes on. */
import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 10;
const SPACE = 32;

export interface LogFormat {
  timestamps: boolean;
  /** Milliseconds since the epoch: earlier lines are left out. */
  since?: number;
}

/** Turns chunks of a log file into what `kubectl logs` prints. */
export class LogParser {
  readonly #format: LogFormat;
  #rest: Buffer = Buffer.alloc(0);
  #lineStart = true;

  constructor(format: LogFormat) {
    this.#format = format;
  }

  push(chunk: Buffer): Buffer {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const out: Buffer[] = [];
    let at = 0;
    for (let end = data.indexOf(NEWLINE, at); end >= 0; end = data.indexOf(NEWLINE, at)) {
      this.#line(data.subarray(at, end + 1), out);
      at = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(at));
    return Buffer.concat(out);
  }

  /** `line` ends with its newline. */
  #line(line: Buffer, out: Buffer[]): void {
    const time = line.indexOf(SPACE);
    const stream = line.indexOf(SPACE, time + 1);
    const tag = line.indexOf(SPACE, stream + 1);
    // A line that is not in CRI's format was cut by a crash. It tells nothing.
    if (time < 0 || stream < 0 || tag < 0) return;
    const { since, timestamps } = this.#format;
    if (since !== undefined && Date.parse(line.toString('latin1', 0, time)) < since) return;
    const partial = line[stream + 1] === 80; // P
    if (timestamps && this.#lineStart) out.push(line.subarray(0, time + 1));
    out.push(line.subarray(tag + 1, partial ? line.length - 1 : line.length));
    this.#lineStart = !partial;
  }
}

const STEP = 64 * 1024;

/** The offset of the last `lines` lines of a file. */
export async function tailOffset(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines <= 0) return size;
  const buffer = Buffer.alloc(STEP);
  let found = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - STEP);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    for (let at = bytesRead - 1; at >= 0; at--) {
      // The newline that ends the file ends its last line, and begins none.
      if (buffer[at] !== NEWLINE || start + at === size - 1) continue;
      if (++found === lines) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
