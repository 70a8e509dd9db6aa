/**
 * Messages of one socket, one after another, and requests in between: each may list a whole cluster, and a client may
 * send thousands. The runtime hands over a socket's next message when this one is done with, and looks for nothing else
 * until then.
 */
export class Turns {
  readonly #pause: () => Promise<void>;
  readonly #max: number;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** `pause` lets others have the thread; `max` messages may wait. */
  constructor(pause: () => Promise<void>, max: number) {
    this.#pause = pause;
    this.#max = max;
  }

  get full(): boolean {
    return this.#waiting >= this.#max;
  }

  async take(work: () => Promise<void> | void): Promise<void> {
    this.#waiting++;
    const before = this.#last;
    const run = async (): Promise<void> => {
      await before;
      await work();
      await this.#pause();
    };
    const mine = run().finally(() => void this.#waiting--);
    this.#last = mine.catch(() => undefined);
    await mine;
  }
}
