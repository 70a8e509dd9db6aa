/** Sets of completion indexes as a Job's status has them, `1,3-5,7` (upstream `job/indexed_job_utils.go`). */

/** Both ends are within. */
interface Interval {
  readonly first: number;
  readonly last: number;
}

export class Indexes {
  static readonly NONE = new Indexes([]);
  /** In their order, and apart from one another. */
  readonly #intervals: readonly Interval[];

  private constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
  }

  static of(indexes: Iterable<number>): Indexes {
    return Indexes.#joined([...indexes].map((index) => ({ first: index, last: index })));
  }

  /** The indexes below `completions`. Parts that are no numbers are left out. */
  static parse(text: string | undefined, completions: number): Indexes {
    const intervals = (text || '').split(',').flatMap((part) => {
      const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
      const [first, last] = [Number(from), Math.min(Number(to), completions - 1)];
      return from === undefined || first > last ? [] : [{ first, last }];
    });
    return Indexes.#joined(intervals);
  }

  static #joined(intervals: readonly Interval[]): Indexes {
    const joined: Interval[] = [];
    for (const next of [...intervals].sort((a, b) => a.first - b.first)) {
      const before = joined.at(-1);
      if (!before || next.first > before.last + 1) joined.push(next);
      else if (next.last > before.last) joined[joined.length - 1] = { first: before.first, last: next.last };
    }
    return new Indexes(joined);
  }

  get count(): number {
    return this.#intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    let [from, to] = [0, this.#intervals.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#intervals[middle]?.last ?? 0) < index) from = middle + 1;
      else to = middle;
    }
    return (this.#intervals[from]?.first ?? Number.POSITIVE_INFINITY) <= index;
  }

  with(other: Indexes): Indexes {
    return Indexes.#joined([...this.#intervals, ...other.#intervals]);
  }

  /** How many of them are among the others. */
  countIn(other: Indexes): number {
    let count = 0;
    for (let [i, j] = [0, 0]; ; ) {
      const [a, b] = [this.#intervals[i], other.#intervals[j]];
      if (!a || !b) return count;
      count += Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1);
      if (a.last < b.last) i++;
      else j++;
    }
  }

  /** The lowest ones below `completions` that are not among these, `most` at most. */
  gaps(most: number, completions: number): number[] {
    const found: number[] = [];
    let candidate = 0;
    for (const { first, last } of [...this.#intervals, { first: completions, last: completions }]) {
      for (; candidate < Math.min(first, completions) && found.length < most; candidate++) found.push(candidate);
      candidate = Math.max(candidate, last + 1);
    }
    return found;
  }

  toString(): string {
    return this.#intervals
      .map(({ first, last }) => (last === first ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
      .join(',');
  }
}
