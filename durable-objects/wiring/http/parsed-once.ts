/** Code units; a longer text is parsed each time, as a client may send fifty that fill the memory. */
const MAX_KEPT = 8192;

/** Texts of JSON that come again and again, such as the claims and headers that the Worker prints, are parsed once. */
export class ParsedOnce<T> {
  readonly #parsed = new Map<string, T>();
  readonly #limit: number;

  /** `limit`: the number of texts that are kept. A client sends the same headers with most of its requests. */
  constructor(limit = 50) {
    this.#limit = limit;
  }

  /** The value of the text, which all readers share: not to be changed. */
  read(text: string): T {
    if (text.length > MAX_KEPT) return JSON.parse(text) as T;
    let parsed = this.#parsed.get(text);
    if (parsed === undefined) {
      parsed = JSON.parse(text) as T;
      if (this.#parsed.size >= this.#limit) this.#parsed.clear();
      this.#parsed.set(text, parsed);
    }
    return parsed;
  }
}
