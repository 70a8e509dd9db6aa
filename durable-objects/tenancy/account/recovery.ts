/** Recovery codes of an account: each signs in once. They are kept as digests. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import { base32 } from '../../../wire/base32.ts';
import type { RecoveryCodes } from '../../../wire/ways-in-rpc.ts';
import { first, type Sql } from '../sql.ts';

const CODES = 10;
/** Of one code: too many to guess, so that wrong ones, which anyone can send, need not lock the right ones. */
const BYTES = 10;

interface RecoveryPorts {
  sql: Sql;
  /** Milliseconds since the epoch. */
  now(): number;
  random(bytes: number): Uint8Array;
}

export class Recovery {
  readonly #ports: RecoveryPorts;

  constructor(ports: RecoveryPorts) {
    this.#ports = ports;
    ports.sql.run(
      'CREATE TABLE IF NOT EXISTS recovery (hash TEXT PRIMARY KEY, created INTEGER NOT NULL, used INTEGER) WITHOUT ROWID',
    );
    // Wrong codes were counted once.
    ports.sql.run('DROP TABLE IF EXISTS recovery_failures');
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

  /** Whether the code is one of the account's that was not used yet. It is used up after this. */
  async take(code: string): Promise<boolean> {
    const hash = await hashOf(code);
    const { sql, now } = this.#ports;
    return sql.run('UPDATE recovery SET used = ? WHERE hash = ? AND used IS NULL', now(), hash) > 0;
  }

  removeAll(): void {
    this.#ports.sql.run('DELETE FROM recovery');
  }
}

async function hashOf(code: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
