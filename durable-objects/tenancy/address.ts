/** The visitors that come from one address: within an hour, and at once. */
import { failure } from '../../kube/machinery/status.ts';
import type { AddressRpc } from '../../wire/address-rpc.ts';
import type { Result } from '../../wire/rpc.ts';
import type { Handlers } from '../../wire/rpc-call.ts';
import { PERSON_SESSION_SECONDS } from './claims.ts';
import { first, type Sql } from './sql.ts';

export interface AddressLimits {
  visitorsPerHour: number;
  visitorsAtOnce: number;
}

const HOUR = 3600_000;
const ADVICE = 'sign in, and nothing of this counts';

/** `now` in milliseconds since the epoch. `graceMs`: an account of a visitor lasts so long beyond its session. */
export function openAddress(
  sql: Sql,
  { visitorsPerHour, visitorsAtOnce }: AddressLimits,
  graceMs: number,
  now: () => number,
): Handlers<AddressRpc> {
  sql.run('CREATE TABLE IF NOT EXISTS visitors (account TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID');
  sql.run('CREATE TABLE IF NOT EXISTS arrivals (at INTEGER NOT NULL)');
  const count = (table: 'visitors' | 'arrivals'): number =>
    first(sql.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`))?.count ?? 0;
  return {
    admit({ account }) {
      const at = now();
      sql.run('DELETE FROM arrivals WHERE at <= ?', at - HOUR);
      // An account says when its visitor is one no longer. No visitor is one for longer than this.
      sql.run('DELETE FROM visitors WHERE until <= ?', at);
      if (count('arrivals') >= visitorsPerHour) {
        const { oldest } = first(sql.query<{ oldest: number }>('SELECT min(at) AS oldest FROM arrivals')) ?? {};
        const seconds = Math.ceil(((oldest ?? at) + HOUR - at) / 1000);
        const again = `try again in ${Math.ceil(seconds / 60)} minutes`;
        return tooMany(
          `${visitorsPerHour} visitors an hour may come from one network: ${ADVICE}, or ${again}`,
          seconds,
        );
      }
      if (count('visitors') >= visitorsAtOnce) {
        return tooMany(`${visitorsAtOnce} visitors may be here from one network at once: ${ADVICE}`, HOUR / 1000);
      }
      sql.run('INSERT INTO arrivals (at) VALUES (?)', at);
      const until = at + PERSON_SESSION_SECONDS * 1000 + graceMs;
      sql.run('INSERT OR REPLACE INTO visitors (account, until) VALUES (?, ?)', account, until);
      return { ok: true, value: null };
    },
    release({ account }) {
      sql.run('DELETE FROM visitors WHERE account = ?', account);
    },
  };
}

function tooMany(message: string, retryAfterSeconds: number): Result<never> {
  return { ok: false, status: { ...failure('TooManyRequests', message), details: { retryAfterSeconds } } };
}
