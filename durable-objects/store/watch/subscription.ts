/** One watch on one socket. */

import type { Key } from '../../../kube/machinery/resource.ts';
import { encodeEvents } from '../../../wire/socket.ts';
import type { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import type { WatchRequest } from './ports.ts';

/** Where a subscription is. `live` ones are at the store's revision, and need nothing of their own. */
export type Place =
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
  place: Place;
  /** The table says something else. */
  dirty = false;
  /** No event was sent since it began, or since the object woke. */
  first = true;
  /** The highest revision its client knows. */
  told: number;
  /** Milliseconds since the epoch of the last bookmark. */
  bookmarkedAt = 0;

  constructor(connection: Connection, id: number, request: WatchRequest, channel: Channel, place: Place, told: number) {
    this.connection = connection;
    this.id = id;
    this.request = request;
    this.channel = channel;
    this.place = place;
    this.told = told;
  }

  events(lines: string, last: number): void {
    this.first = false;
    this.tell(lines, last);
  }

  /** Lines other than events of objects. */
  tell(lines: string, revision: number): void {
    this.told = Math.max(this.told, revision);
    this.connection.send(encodeEvents(this.id, lines));
  }

  moveTo(place: Place): void {
    this.place = place;
    this.dirty = true;
  }
}
