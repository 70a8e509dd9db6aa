/** JSON that comes again and again as the same text, as the Worker prints claims and headers: parsed once. */
export class PrintedOnce<T> {
  readonly #parsed = new Map<string, T>();
  readonly #limit: number;

  /** `limit`: texts that are kept. A client sends the same headers with most of its requests. */
  constructor(limit = 50) {
    this.#limit = limit;
  }

  /** Not to be changed. */
  read(text: string): T {
    let parsed = this.#parsed.get(text);
    if (parsed === undefined) {
      parsed = JSON.parse(text) as T;
      if (this.#parsed.size >= this.#limit) this.#parsed.clear();
      this.#parsed.set(text, parsed);
    }
    return parsed;
  }
}
