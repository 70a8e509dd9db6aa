/** One socket with its subscriptions and its credits. */
import { Credits } from './credits.ts';
import type { Peer } from './ports.ts';
import type { Subscription } from './subscription.ts';

export class Connection {
  readonly peer: Peer;
  readonly credits: Credits;
  readonly subscriptions = new Map<number, Subscription>();
  /** A round of catching up is to follow. */
  scheduled = false;

  constructor(peer: Peer, window: number) {
    this.peer = peer;
    this.credits = new Credits(window);
  }

  send(frame: string): void {
    this.credits.spend(frame.length);
    try {
      this.peer.send(frame);
    } catch {
      // The socket is gone, and its close handler will clean up. Until then nothing more is tried.
      this.credits.exhaust();
    }
  }

  lagging(): Subscription[] {
    return [...this.subscriptions.values()].filter(({ place }) => place.phase !== 'live');
  }
}
