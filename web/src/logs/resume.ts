/**
 * Goes on with a log after a cut, with each line once. The server is asked for what is not older than the last second
 * that was seen, because it takes whole seconds; of what it sends again, what was seen is left out.
 */
export class Resume {
  /** The second of the newest line, as it is sent. */
  #second = '';
  /** The lines of that second, by how often each came. */
  #seen = new Map<string, number>();
  /** The lines that the server may send again; undefined once a newer line came. */
  #again: Map<string, number> | undefined;

  /** `sinceTime` of the request that goes on; undefined when nothing was seen. */
  get since(): string | undefined {
    return this.#second === '' ? undefined : `${this.#second}Z`;
  }

  /** Another request begins. */
  restart(): void {
    this.#again = this.#second === '' ? undefined : new Map(this.#seen);
  }

  /** Another run of the container: its log is another. */
  forget(): void {
    this.#second = '';
    this.#seen.clear();
    this.#again = undefined;
  }

  /** Whether the line, with its time, is a new one. */
  isNew(line: string): boolean {
    const second = secondOf(line);
    if (this.#again) {
      const left = this.#again.get(line) ?? 0;
      if (left > 0) {
        this.#again.set(line, left - 1);
        return false;
      }
      // A line from before, sent again although it was not asked for.
      if (second !== '' && second < this.#second) return false;
      if (second > this.#second) this.#again = undefined;
    }
    if (second > this.#second) {
      this.#second = second;
      this.#seen.clear();
    }
    // A line of the second before that comes late: that it was seen is known as long as this second lasts.
    if (second !== '') this.#seen.set(line, (this.#seen.get(line) ?? 0) + 1);
    return true;
  }
}

const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z/;
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d/;

function secondOf(line: string): string {
  const utc = UTC.exec(line)?.[1];
  if (utc !== undefined) return utc;
  const zoned = ZONED.exec(line)?.[0];
  return zoned === undefined ? '' : new Date(zoned).toISOString().slice(0, 19);
}
