/** Tells the cluster which streams are open, those that last: it counts the time, and learns of their ends from here. */
import { MAX_SESSIONS, type StreamsMessage } from '../../wire/socket.ts';
import type { Clock } from '../clock.ts';

export interface OpenStreamsPorts {
  clock: Pick<Clock, 'after'>;
  /** Whether it was sent: what was not is told once the cluster is there again. */
  send(message: StreamsMessage): boolean;
}

/** Streams that end together are told of together. Milliseconds. */
const TOGETHER = 200;
const ENDED_KEPT = 10_000;

export class OpenStreams {
  readonly #ports: OpenStreamsPorts;
  readonly #open = new Set<string>();
  readonly #ended = new Set<string>();
  #isDue = false;

  constructor(ports: OpenStreamsPorts) {
    this.#ports = ports;
  }

  /** `lastsAfter`: milliseconds after which it is told of, if it is open then. The function is to be called at its end. */
  opened(session: string, lastsAfter: number): () => void {
    if (lastsAfter === 0) this.#open.add(session);
    const lasts = (): void => {
      this.#open.add(session);
      this.#tellSoon();
    };
    const cancel = lastsAfter === 0 ? () => {} : this.#ports.clock.after(lastsAfter, lasts);
    return () => {
      cancel();
      if (!this.#open.delete(session)) return;
      if (this.#ended.size < ENDED_KEPT) this.#ended.add(session);
      this.#tellSoon();
    };
  }

  /** Also to be called when the cluster is there again: it may have missed some. */
  tell(): void {
    do {
      const ended = [...this.#ended].slice(0, MAX_SESSIONS);
      const open = this.#open.size <= MAX_SESSIONS ? { open: [...this.#open] } : {};
      if (!this.#ports.send({ type: 'streams', ended, ...open })) return;
      for (const session of ended) this.#ended.delete(session);
    } while (this.#ended.size > 0);
  }

  #tellSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#ports.clock.after(TOGETHER, () => {
      this.#isDue = false;
      this.tell();
    });
  }
}
