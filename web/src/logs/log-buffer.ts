/** The lines of several containers in one order, the newest so many, as the page shows them. */
import type { RawLine } from './line.ts';

export interface LogLine extends RawLine {
  /** The number of the container that wrote it. */
  source: number;
}

export interface Appended {
  lines: readonly LogLine[];
  /** Lines that went at the beginning, because there were too many. */
  dropped: number;
}

export const MOST_LINES = 100_000;
/** So many more may come before the oldest go, so that not each line moves all others. */
const SLACK = 5_000;

export class LogBuffer {
  lines: LogLine[] = [];
  #waiting: LogLine[] = [];
  readonly #most: number;
  readonly #slack: number;

  constructor(most = MOST_LINES, slack = SLACK) {
    this.#most = most;
    this.#slack = slack;
  }

  add(source: number, lines: readonly RawLine[]): void {
    for (const line of lines) this.#waiting.push({ ...line, source });
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes what came since, of all containers by its time. What is shown already stays where it is. */
  flush(): Appended {
    const lines = merged(this.#waiting);
    this.#waiting = [];
    this.lines.push(...lines.slice(-this.#most));
    const over = this.lines.length - this.#most;
    const dropped = over > this.#slack ? over : 0;
    if (dropped > 0) this.lines = this.lines.slice(dropped);
    return { lines: lines.slice(-this.#most), dropped };
  }

  clear(): void {
    this.lines = [];
    this.#waiting = [];
  }
}

/** Times of the same zone compare as texts, up to their fractions. Lines of one container never change places. */
function merged(lines: readonly LogLine[]): LogLine[] {
  const last = new Map<number, string>();
  const dated = lines.map((line) => {
    const before = last.get(line.source) ?? '';
    const own = line.time.replace('Z', '');
    const time = own > before ? own : before;
    last.set(line.source, time);
    return { line, time };
  });
  return dated.toSorted((a, b) => (a.time === b.time ? 0 : a.time < b.time ? -1 : 1)).map(({ line }) => line);
}
