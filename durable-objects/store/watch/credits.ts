/**
 * The number of bytes that a socket may still be sent. Sockets have no drain signal, so the other end says what it has
 * consumed.
 */
export class Credits {
  readonly #window: number;
  #unacknowledged: number;

  constructor(window: number, unacknowledged = 0) {
    this.#window = window;
    this.#unacknowledged = unacknowledged;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  get open(): boolean {
    return this.#unacknowledged < this.#window;
  }

  /** The frame that crosses the window is still sent whole. */
  spend(size: number): void {
    this.#unacknowledged += size;
  }

  acknowledge(size: number): void {
    // The other end's number is not checked before: it may be NaN or negative.
    if (!(size > 0)) return;
    this.#unacknowledged = Math.max(0, this.#unacknowledged - size);
  }

  /** No frame may be sent until some are acknowledged. */
  exhaust(): void {
    this.#unacknowledged = Math.max(this.#unacknowledged, this.#window);
  }
}
