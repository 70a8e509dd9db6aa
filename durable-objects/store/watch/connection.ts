/** One socket with its subscriptions and its credits. */
import { CREDIT_STEP, WINDOW } from '../../../wire/socket.ts';
import { Credits } from './credits.ts';
import type { Peer } from './ports.ts';
import type { Subscription } from './subscription.ts';

/**
 * Code units that may be left unread. Events come to a window and one frame at most; answers are sent beyond it, and a
 * client that asks on and on without reading them would fill the object's memory.
 */
const MAX_UNREAD = 8 * WINDOW;
/** WebSocket close code. */
export const POLICY_VIOLATION = 1008;

export class Connection {
  readonly peer: Peer;
  readonly credits: Credits;
  readonly subscriptions = new Map<number, Subscription>();

  constructor(peer: Peer, window: number) {
    this.peer = peer;
    this.credits = new Credits(window, peer.unacknowledged);
  }

  acknowledge(size: number): void {
    this.credits.acknowledge(size);
    this.#remember();
  }

  send(frame: string): void {
    this.credits.spend(frame.length);
    try {
      this.peer.send(frame);
      this.#remember();
      if (this.credits.unacknowledged > MAX_UNREAD) this.peer.close(POLICY_VIOLATION, 'too much is left unread');
    } catch {
      // The socket is gone, and its close handler will clean up. Until then nothing more is tried.
      this.credits.exhaust();
    }
  }

  /**
   * A socket's debt outlives the object's sleep: else a client that has stopped reading would be sent a window full
   * each time the object wakes. A client that keeps up seldom owes more than a step, which is not written.
   */
  #remember(): void {
    const { unacknowledged } = this.credits;
    const owed = unacknowledged > CREDIT_STEP ? unacknowledged : 0;
    if (owed !== (this.peer.unacknowledged ?? 0)) this.peer.remember?.(owed);
  }

  lagging(): Subscription[] {
    return [...this.subscriptions.values()].filter(({ cursor, waiting }) => cursor.phase !== 'live' && !waiting);
  }
}
