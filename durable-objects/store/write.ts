/** One write inside a transaction: its expectation, its outcome, and its rows. */
import { exceedsUtf8 } from '../../kube/machinery/utf8-size.ts';
import { StoreError } from './errors.ts';
import type { ObjectCounts } from './object-limits.ts';
import type { StorageQuota } from './quota.ts';
import { type Sealer, sealText } from './sealer.ts';
import type { CoalescedWrite, Committed, Companion, Entry, Next, Stored, StoreReader, Write } from './store.ts';
import type { Newest, Table, Version } from './tables/table.ts';

/** UTF-8 bytes. Production refuses rows over 2 MB; etcd requests over 1.5 MB. */
const MAX_TEXT_BYTES = 1_500_000;

export interface WritePorts {
  sealer: Sealer;
  quota: StorageQuota;
  counts: ObjectCounts;
  /** The state that writes before this one in the transaction have left. */
  reader: StoreReader;
}

export interface Performed extends Pick<Committed, 'entry'> {
  /** undefined where there is no object, and any state was as good. */
  stored?: Stored;
  /** Writes to make with it. */
  companions?: readonly Companion[];
  coalesced?: readonly CoalescedWrite[];
}

/** The database failed in the middle of a write. */
export class HalfWritten extends Error {
  constructor(cause: unknown) {
    super('the write was begun', { cause });
  }
}

/**
 * Decides one write, and appends its version. Throws, having written nothing, when it is refused; {@link HalfWritten}
 * when a part of it may stand. `isCoalesced`: other writes
 * rest on it, so it is not refused for its size.
 */
export function performWrite(
  write: Write,
  revision: number,
  table: Table,
  { sealer, quota, counts, reader }: WritePorts,
  isCoalesced = false,
): Performed {
  const { key } = write;
  const newest = table.newest(key, write.standIns);
  checkExpectation(write, newest);
  const current = newest && !newest.deleted ? newest : undefined;
  const stored = current && storedOf(current);
  const next = write.apply(stored, { revision, reader });
  if (next === 'unchanged') {
    if (!stored && write.expect !== 'any') throw notFound(key);
    return { stored };
  }
  const version = versionOf(write, next, newest, revision);
  // A delete repeats what is stored, with a longer revision maybe: whatever could be stored can be deleted.
  const isRefusable = version.change !== 'delete' && !isCoalesced;
  if (isRefusable && isTooLarge(version.text)) {
    throw new StoreError('too-large', `${key} is larger than ${MAX_TEXT_BYTES} bytes`);
  }
  quota.take(version, stored?.text, isRefusable);
  counts.take(version, isRefusable);
  const sealed = sealText(sealer, key, version.text);
  try {
    table.append(version, sealed);
  } catch (cause) {
    throw new HalfWritten(cause);
  }
  counts.wrote(version);
  const { created, change, text } = version;
  const previous = change === 'create' ? 0 : version.link;
  const entry: Entry = { key, revision, created, change, previous, cause: write.cause, text };
  return { stored: { key, revision, created, text }, entry, companions: next.with, coalesced: next.coalesced };
}

function storedOf({ key, revision, created, text, unreadable }: Newest): Stored {
  return unreadable === undefined ? { key, revision, created, text } : { key, revision, created, text, unreadable };
}

function checkExpectation({ key, expect }: Write, newest: Newest | undefined): void {
  const exists = newest !== undefined && !newest.deleted;
  if (expect === 'any') return;
  if (expect === 'absent') {
    if (exists) throw new StoreError('already-exists', `${key} already exists`, newest.revision);
  } else if (!exists) {
    throw notFound(key);
  } else if (expect !== 'present' && newest.revision !== expect) {
    throw new StoreError('conflict', `${key} is at revision ${newest.revision}, not ${expect}`, newest.revision);
  }
}

function versionOf(
  write: Write,
  next: Exclude<Next, 'unchanged'>,
  newest: Newest | undefined,
  revision: number,
): Version {
  const { key } = write;
  const exists = newest !== undefined && !newest.deleted;
  const change = 'delete' in next ? 'delete' : exists ? 'update' : 'create';
  const text = 'delete' in next ? next.delete : next.text;
  if (change === 'delete' && !exists) throw notFound(key);
  return {
    key,
    revision,
    link: newest?.revision ?? 0,
    created: exists ? newest.created : revision,
    change,
    at: write.cause.at,
    cause: JSON.stringify(write.cause),
    text,
  };
}

function notFound(key: string): StoreError {
  return new StoreError('not-found', `${key} not found`);
}

/** Whether an object is refused for its size. */
export function isTooLarge(text: string): boolean {
  return exceedsUtf8([text], MAX_TEXT_BYTES);
}
