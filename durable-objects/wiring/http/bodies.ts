/** Room for the bodies that a cluster is sent at once: each becomes text, and objects several times as large. */

/** Bytes, in the 128 MB that an object has. */
const MAX_BODIES = 16 * 1024 * 1024;
/** The limit of one token: a client that sends its bodies slowly must leave others their part. */
const MAX_OF_TOKEN = MAX_BODIES / 2;

export class Bodies {
  readonly #ofTokens = new Map<string, number>();
  #size = 0;

  /** Takes room, and returns how to leave it; undefined when there is none. A first body always finds room. */
  take(token: string, size: number): (() => void) | undefined {
    const own = this.#ofTokens.get(token) ?? 0;
    if (this.#size > 0 && this.#size + size > MAX_BODIES) return undefined;
    if (own > 0 && own + size > MAX_OF_TOKEN) return undefined;
    this.#add(token, size);
    return () => this.#add(token, -size);
  }

  #add(token: string, size: number): void {
    if (size === 0) return;
    this.#size += size;
    const own = (this.#ofTokens.get(token) ?? 0) + size;
    if (own === 0) this.#ofTokens.delete(token);
    else this.#ofTokens.set(token, own);
  }
}
