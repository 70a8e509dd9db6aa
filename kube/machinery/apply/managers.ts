/**
 * The managers of an object's fields, read from `metadata.managedFields` and written back
 * (apimachinery `pkg/util/managedfields/internal/managedfields.go`).
 */
import type { FieldsV1, ManagedFieldsEntry } from '../object.ts';
import { sameSet, unionAll } from './sets/field-set.ts';
import { readFieldSet, sortedSet } from './sets/path.ts';

export interface Manager {
  /** The entry that says what is owned. Its set is canonical, and neither changes: a new entry takes its place. */
  entry: ManagedFieldsEntry;
  apiVersion: string;
  set: FieldsV1;
  /** The steps of the set are in upstream's order, as those of all sets that are stored. */
  isSorted?: boolean;
}

/** By {@link managerId}. */
export type Managers = Map<string, Manager>;

/** An applier keeps its entry when it goes on to another version; an updater has one a version. */
export function managerId({ manager = '', operation, apiVersion = '', subresource = '' }: ManagedFieldsEntry): string {
  const version = operation === 'Apply' ? '' : apiVersion;
  // The lengths make the text unambiguous, as a manager's name may hold any character.
  return `${version.length} ${subresource.length} ${operation} ${version}${subresource}${manager}`;
}

/** Entries of a stored object, which were written by {@link writeManagers}. */
export function storedManagers(entries: readonly ManagedFieldsEntry[] = []): Managers {
  const managers: Managers = new Map();
  for (const entry of entries) {
    const set = entry.fieldsV1 ?? {};
    managers.set(managerId(entry), { entry, apiVersion: entry.apiVersion ?? '', set, isSorted: true });
  }
  return managers;
}

/** Entries that a client sent; undefined where one of them is malformed, or there are none. */
export function givenManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  if (!entries || entries.length === 0) return undefined;
  const managers: Managers = new Map();
  for (const entry of entries) {
    const { operation, apiVersion, fieldsType, fieldsV1 } = entry;
    if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion || fieldsType !== 'FieldsV1') return undefined;
    const set = readFieldSet(fieldsV1 ?? null);
    if (!set) return undefined;
    managers.set(managerId(entry), { entry: { ...entry, fieldsV1: set }, apiVersion, set });
  }
  return managers;
}

/** An empty list, or one of a single empty entry, asks for all managers to be forgotten. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return (
    entries !== undefined &&
    (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0))
  );
}

/** Gives a manager another set; one that owns nothing is gone. */
export function setOwned(managers: Managers, id: string, set: FieldsV1 | undefined): void {
  const manager = managers.get(id);
  if (!manager) return;
  if (!set) managers.delete(id);
  else if (set !== manager.set && !sameSet(set, manager.set)) {
    managers.set(id, { apiVersion: manager.apiVersion, set, entry: { ...manager.entry, fieldsV1: set } });
  }
}

/** The entries to store; undefined when there are none. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  const entries: ManagedFieldsEntry[] = [];
  for (const manager of managers.values()) entries.push(sortedEntry(manager));
  return entries.length === 1 ? entries : sortEntries(entries);
}

function sortedEntry({ entry, set, isSorted }: Manager): ManagedFieldsEntry {
  if (isSorted) return entry;
  const fieldsV1 = sortedSet(set);
  return fieldsV1 === entry.fieldsV1 ? entry : { ...entry, fieldsV1 };
}

/** Sorts in place. */
export function sortEntries(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.sort(byOperationAndTime);
}

/** Apply before Update, then oldest first, then by name (`sortEncodedManagedFields`). */
function byOperationAndTime(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    order(a.operation, b.operation) ||
    order(a.time, b.time) ||
    order(a.manager, b.manager) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

function order(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** More updaters than this are folded (upstream's DefaultMaxUpdateManagers). */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

/** Keeps the newest updaters, and folds the oldest into one a version (`capmanagers.go`). */
export function foldOldest(managers: Managers): void {
  if (managers.size <= MAX_UPDATERS) return;
  const updaters = [...managers].filter(([, { entry }]) => entry.operation === 'Update');
  let count = updaters.length;
  if (count <= MAX_UPDATERS) return;
  updaters.sort(
    ([idA, a], [idB, b]) =>
      order(a.entry.time, b.entry.time) || order(sortText(a.entry), sortText(b.entry)) || order(idA, idB),
  );
  const folded = new Map<string, { ids: string[]; sets: FieldsV1[]; time?: string }>();
  for (const [id, { apiVersion, set, entry }] of updaters) {
    if (count <= MAX_UPDATERS) break;
    const bucket = folded.get(apiVersion);
    if (!bucket) folded.set(apiVersion, { ids: [id], sets: [set] });
    else {
      bucket.ids.push(id);
      bucket.sets.push(set);
      bucket.time = entry.time;
      count--;
    }
  }
  for (const [apiVersion, { ids, sets, time }] of folded) {
    // The first of a version stays as it is until another joins it.
    if (ids.length === 1) continue;
    for (const id of ids) managers.delete(id);
    const entry: ManagedFieldsEntry = {
      manager: ANCIENT,
      operation: 'Update',
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
    };
    const id = managerId(entry);
    const before = managers.get(id);
    const set = unionAll(before ? [before.set, ...sets] : sets) as FieldsV1;
    managers.set(id, { entry: { ...entry, fieldsV1: set }, apiVersion, set });
  }
}

/** Upstream sorts updaters of one time by their identifier, which is this JSON. */
function sortText({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  return JSON.stringify({ manager, operation, apiVersion, subresource });
}
