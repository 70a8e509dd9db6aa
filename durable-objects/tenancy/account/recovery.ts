/** Recovery codes of an account: each signs in once. They are kept as digests. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { base32 } from '../../../wire/base32.ts';
import type { RecoveryCodes } from '../../../wire/ways-in-rpc.ts';
import { first, type Sql } from '../sql.ts';
import { HourlyLimit } from './hourly-limit.ts';

const CODES = 10;
/** Of one code. */
const BYTES = 10;
/** Wrong codes within any hour, before further ones are not looked at. */
const MAX_FAILURES = 5;

interface RecoveryPorts {
  sql: Sql;
  /** Milliseconds since the epoch. */
  now(): number;
  random(bytes: number): Uint8Array;
}

export class Recovery {
  readonly #ports: RecoveryPorts;
  readonly #failures: HourlyLimit;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
    ports.sql.run(
      'CREATE TABLE IF NOT EXISTS recovery (hash TEXT PRIMARY KEY, created INTEGER NOT NULL, used INTEGER) WITHOUT ROWID',
    );
    const { sql, now } = ports;
    this.#failures = new HourlyLimit({ sql, now, table: 'recovery_failures', most: MAX_FAILURES });
  }

  get summary(): RecoveryCodes {
    const sql = 'SELECT count(*) - count(used) AS left, min(created) AS created FROM recovery';
    const { left = 0, created } = first(this.#ports.sql.query<{ left: number; created: number | null }>(sql)) ?? {};
    return { left, ...(typeof created === 'number' && { created: rfc3339(created) }) };
  }

  /** New ones in place of all that there were. */
  async renew(): Promise<string[]> {
    const { sql, now, random } = this.#ports;
    const codes = Array.from({ length: CODES }, () => base32(random(BYTES)));
    const hashes = await Promise.all(codes.map(hashOf));
    this.removeAll();
    for (const hash of hashes) sql.run('INSERT INTO recovery (hash, created) VALUES (?, ?)', hash, now());
    return codes;
  }

  /** Seconds until a code is looked at again; 0 when one is now. */
  get wait(): number {
    return this.#failures.wait;
  }

  /** Whether the code is one of the account's that was not used yet. It is used up after this. */
  async take(code: string): Promise<boolean> {
    const hash = await hashOf(code);
    const { sql, now } = this.#ports;
    if (sql.run('UPDATE recovery SET used = ? WHERE hash = ? AND used IS NULL', now(), hash) > 0) return true;
    // An account without codes has nothing to guess, and stores nothing of strangers.
    if (this.summary.created) this.#failures.count();
    return false;
  }

  removeAll(): void {
    this.#ports.sql.run('DELETE FROM recovery');
  }
}

async function hashOf(code: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
