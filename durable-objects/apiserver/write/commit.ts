/** The one place where the API server commits, and where a dry run does everything but that. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import { StoreError } from '../../store/errors.ts';
import type { Store, Stored, Write } from '../../store/store.ts';

export interface WriteResult {
  /** The object as it is now; for a delete, its last state. */
  text: string;
  deleted: boolean;
}

export async function commitWrite(
  store: Store,
  write: Omit<Write, 'cause'>,
  cause: Cause,
  dryRun: boolean,
): Promise<WriteResult> {
  if (dryRun) return rehearse(store, write);
  const { stored, entry } = await store.commit({ ...write, cause });
  return { text: stored.text, deleted: entry?.change === 'delete' };
}

/** The object keeps the resourceVersion it had; a created one has none. */
function rehearse(store: Store, { key, expect, apply }: Omit<Write, 'cause'>): WriteResult {
  const current = store.get(key);
  checkExpectation(current, expect);
  const next = apply(current, { revision: current?.revision ?? 0, reader: store });
  if (next === 'unchanged') return { text: current?.text ?? '', deleted: false };
  return 'delete' in next ? { text: next.delete, deleted: true } : { text: next.text, deleted: false };
}

function checkExpectation(current: Stored | undefined, expect: Write['expect']): void {
  if (expect === 'any') return;
  if (expect === 'absent') {
    if (current) throw new StoreError('already-exists', `${current.key} exists`, current.revision);
    return;
  }
  if (!current) throw new StoreError('not-found', 'no such key');
  if (typeof expect === 'number' && current.revision !== expect) {
    throw new StoreError('conflict', `${current.key} is at revision ${current.revision}`, current.revision);
  }
}
