/** One watch on one socket. */

import type { Key } from '../../../kube/machinery/resource.ts';
import { encodeEvents } from '../../../wire/socket.ts';
import type { Batch, Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import type { WatchRequest } from './ports.ts';

/** The position of a subscription. `live` ones are at the store's revision, and need nothing of their own. */
export type Cursor =
  | { phase: 'live' }
  /** Entries after `position` are to be sent from the log. */
  | { phase: 'behind'; position: number }
  /** The state at `position` is being sent, keys after `after` to come. */
  | { phase: 'initial'; position: number; after: Key | undefined };

export class Subscription {
  readonly connection: Connection;
  readonly id: number;
  readonly request: WatchRequest;
  readonly channel: Channel;
  cursor: Cursor;
  /** Called once, when the initial state was sent or the subscription ends. */
  begun: (() => void) | undefined;
  /** The table says something else. */
  dirty = false;
  /** The phase that the table says; undefined while there is no row. */
  kept: Cursor['phase'] | undefined;
  /** A webhook is converting the next events. */
  waiting = false;
  /** No event was sent since it began, or since the object woke. */
  first = true;
  /** The highest revision its client knows. */
  lastSentRevision: number;
  /** Milliseconds since the epoch of the last bookmark. */
  bookmarkedAt = 0;

  constructor(
    connection: Connection,
    id: number,
    request: WatchRequest,
    channel: Channel,
    cursor: Cursor,
    lastSentRevision: number,
  ) {
    this.connection = connection;
    this.id = id;
    this.request = request;
    this.channel = channel;
    this.cursor = cursor;
    this.lastSentRevision = lastSentRevision;
  }

  /** `revision`: that its client knows then; 0 where it does not know all of it yet. */
  events({ lines, sizes, last }: Batch, revision = last): void {
    this.first = false;
    this.send(lines, revision);
    this.channel.sent(this.request, sizes);
  }

  /** Lines other than events of objects. */
  send(lines: string, revision: number): void {
    this.lastSentRevision = Math.max(this.lastSentRevision, revision);
    this.connection.send(encodeEvents(this.id, lines));
  }

  moveTo(cursor: Cursor): void {
    this.cursor = cursor;
    this.dirty = true;
    if (cursor.phase !== 'initial') this.settle();
  }

  /** The initial state was sent, or will not be sent any more. */
  settle(): void {
    const { begun } = this;
    this.begun = undefined;
    begun?.();
  }
}
