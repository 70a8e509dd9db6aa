/** How much more a socket may be sent. Sockets have no drain signal, so the other end says what it has consumed. */
export class Credits {
  readonly #window: number;
  #unacknowledged = 0;

  constructor(window: number) {
    this.#window = window;
  }

  get open(): boolean {
    return this.#unacknowledged < this.#window;
  }

  /** The frame that crosses the window is still sent whole. */
  spend(size: number): void {
    this.#unacknowledged += size;
  }

  acknowledge(size: number): void {
    // Comes from the other end as it is.
    if (!(size > 0)) return;
    this.#unacknowledged = Math.max(0, this.#unacknowledged - size);
  }

  /** After hibernation the count is gone; a socket with somebody behind was at the end of its window. */
  exhaust(): void {
    this.#unacknowledged = this.#window;
  }
}
