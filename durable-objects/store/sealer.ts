/**
 * The sealer stands at the store's edge for keys under `secrets/`: texts are sealed as they enter
 * a row and opened as they leave it, so that nothing on disk is readable and nothing above the store knows.
 * Synchronous, because it runs inside transactions.
 */
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { StoreError } from './errors.ts';
import { SECRETS_PREFIX } from './keys.ts';
import type { SqlValue } from './sql/port.ts';

export interface Sealer {
  /** May throw where no key is good: the write fails. */
  seal(key: Key, text: string): string | Uint8Array;
  /** Throws when the value was tampered with, moved to another key, or sealed by a key that is not known here. */
  open(key: Key, sealed: string | Uint8Array): string;
}

/** Seals nothing: where the disk is the owner's own. */
export const plainSealer: Sealer = {
  seal: (_key, text) => text,
  open: (_key, sealed) => {
    if (typeof sealed !== 'string') throw new Error('it is sealed, and no sealing key is configured');
    return sealed;
  },
};

export function sealText(sealer: Sealer, key: Key, text: string): string | Uint8Array {
  if (!key.startsWith(SECRETS_PREFIX)) return text;
  try {
    return sealer.seal(key, text);
  } catch (error) {
    throw unreadable(key, error);
  }
}

/** The text of a row. Throws `unreadable`. */
export function openText(sealer: Sealer, key: Key, sealed: SqlValue): string {
  if (!key.startsWith(SECRETS_PREFIX)) return sealed as string;
  try {
    return sealer.open(key, sealed as string | Uint8Array);
  } catch (error) {
    throw unreadable(key, error);
  }
}

/** The text of a row; for one that cannot be opened, an object of which only the name is known, and the reason. */
export function openOrStandIn(
  sealer: Sealer,
  key: Key,
  revision: number,
  sealed: SqlValue,
): { text: string; unreadable?: string } {
  try {
    return { text: openText(sealer, key, sealed) };
  } catch (error) {
    const { namespace, name } = parseKey(key);
    const metadata = { name, namespace, resourceVersion: String(revision) };
    const text = JSON.stringify({ kind: 'Secret', apiVersion: 'v1', metadata });
    return { text, unreadable: (error as Error).message };
  }
}

/** In upstream's words (apiserver `pkg/storage/etcd3/store.go`). */
function unreadable(key: Key, error: unknown): StoreError {
  const path = JSON.stringify(`/registry/${key}`);
  return new StoreError('unreadable', `unable to transform key ${path}: ${(error as Error).message}`);
}
