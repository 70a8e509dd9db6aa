import type { Cause } from '../../../kube/machinery/cause.ts';
import type { Key } from '../../../kube/machinery/resource.ts';
import { aesGcmSealer } from '../aes-gcm-sealer.ts';
import { openStore, type SqliteStore, type StoreOptions } from '../mvcc.ts';
import type { Sealer } from '../sealer.ts';
import type { SqlPort } from '../sql/port.ts';
import type { Committed, Store, Write } from '../store.ts';

export type Harness = (body: (sql: SqlPort) => Promise<void>) => Promise<void>;

export const MINUTE = 60_000;

export function causeAt(at: number): Cause {
  return { kind: 'system', at, why: 'test' };
}

/** A test with a store on an empty database. */
export function withStore(
  withSql: Harness,
  body: (store: SqliteStore, sql: SqlPort) => Promise<void>,
  options?: StoreOptions,
): () => Promise<void> {
  return () => withSql((sql) => body(openStore(sql, options), sql));
}

export function put(store: Store, key: Key, text: string, more: Partial<Write> = {}): Promise<Committed> {
  return store.commit({ key, expect: 'any', apply: () => ({ text }), cause: causeAt(0), ...more });
}

export function remove(store: Store, key: Key, more: Partial<Write> = {}): Promise<Committed> {
  return store.commit({
    key,
    expect: 'present',
    apply: (current) => ({ delete: current?.text ?? '' }),
    cause: causeAt(0),
    ...more,
  });
}

/** Seals with the first; each id has a key of its own. */
export function testSealer(first: string, ...others: string[]): Sealer {
  const keyOf = (id: string) => ({ id, secret: new Uint8Array(32).fill(id.charCodeAt(id.length - 1)) });
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return aesGcmSealer([keyOf(first), ...others.map(keyOf)], random);
}
