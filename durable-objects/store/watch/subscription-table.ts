/**
 * Subscriptions by socket, so that they survive hibernation. A row is written when one begins, when it falls behind,
 * each time its window closes again while it is, and when it has caught up: rarely, as rows are billed.
 */
import type { SqlPort } from '../sql/port.ts';
import type { WatchRequest } from './ports.ts';
import type { Cursor, Subscription } from './subscription.ts';

export interface KeptSubscription {
  peer: string;
  id: number;
  request: WatchRequest;
  cursor: Cursor;
}

type Row = {
  peer: string;
  id: number;
  spec: string;
  phase: Cursor['phase'];
  position: number | null;
  after: string | null;
};

export class SubscriptionTable {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  all(): KeptSubscription[] {
    const rows = this.#sql.query<Row>('SELECT peer, id, spec, phase, position, after FROM subscriptions');
    return Array.from(rows, ({ peer, id, spec, phase, position, after }) => ({
      peer,
      id,
      request: JSON.parse(spec) as WatchRequest,
      cursor: { phase, position: position ?? 0, after: after ?? undefined },
    }));
  }

  add({ connection, id, request, cursor }: Subscription): void {
    this.#sql.run(
      'INSERT OR REPLACE INTO subscriptions(peer, id, spec, phase, position, after) VALUES (?, ?, ?, ?, ?, ?)',
      ...[connection.peer.id, id, JSON.stringify(request), ...columns(cursor)],
    );
  }

  move({ connection, id, cursor }: Subscription): void {
    this.#sql.run(
      'UPDATE subscriptions SET phase = ?, position = ?, after = ? WHERE peer = ? AND id = ?',
      ...[...columns(cursor), connection.peer.id, id],
    );
  }

  remove(peer: string, id: number): void {
    this.#sql.run('DELETE FROM subscriptions WHERE peer = ? AND id = ?', peer, id);
  }

  removeAll(peer: string): void {
    this.#sql.run('DELETE FROM subscriptions WHERE peer = ?', peer);
  }
}

function columns(cursor: Cursor): [phase: string, position: number | null, after: string | null] {
  if (cursor.phase === 'live') return ['live', null, null];
  return [cursor.phase, cursor.position, cursor.phase === 'initial' ? (cursor.after ?? null) : null];
}
