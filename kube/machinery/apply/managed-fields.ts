/**
 * `metadata.managedFields` on every write (KEP-555; apimachinery `pkg/util/managedfields`): which manager set which
 * field, in which version, through which subresource.
 */
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from '../object.ts';
import type { StructSchema } from '../schema/schema.ts';
import { type Comparison, compare } from './compare.ts';
import { difference, isFieldSet, sameSet, union, unionAll } from './field-set.ts';

export interface UpdateOptions {
  schema: StructSchema;
  /** The object as it is stored; undefined on create. */
  before: KubeObject | undefined;
  /** The object as it will be stored, defaulted. Not changed here. */
  after: KubeObject;
  manager: string;
  /** RFC 3339, seconds. */
  time: string;
  /** '' for the object itself. */
  subresource: string;
  /** Top-level fields this endpoint cannot set: `status` for objects whose status is a subresource. */
  ignore?: readonly string[];
}

/** More Update entries than this are folded into one (upstream's DefaultMaxUpdateManagers). */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

const UNTRACKED_ROOT: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
const UNTRACKED_METADATA: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]);

/** The entries to store; undefined when there are none. */
export function updateManagedFields(options: UpdateOptions): ManagedFieldsEntry[] | undefined {
  const { before, after, manager, time, subresource } = options;
  const given = after.metadata.managedFields;
  if (before && isReset(given)) return undefined;
  // A client that sends none means "leave them alone".
  const entries = isGiven(given) ? given : (before?.metadata.managedFields ?? []);
  // Objects whose managers were dropped are not tracked again before the next apply.
  if (before && entries.length === 0) return undefined;
  const { changed, removed } = compareObjects(options);
  if (!changed && !removed) return entries.length > 0 ? entries : undefined;

  const touched = union(changed, removed);
  const apiVersion = after.apiVersion;
  const isOwn = (entry: ManagedFieldsEntry): boolean =>
    entry.operation === 'Update' &&
    entry.manager === manager &&
    entry.apiVersion === apiVersion &&
    (entry.subresource ?? '') === subresource;

  const result: ManagedFieldsEntry[] = [];
  let own: ManagedFieldsEntry | undefined;
  for (const entry of entries) {
    if (isOwn(entry)) {
      own = entry;
      continue;
    }
    const rest = difference(entry.fieldsV1, touched);
    if (rest) result.push(sameSet(rest, entry.fieldsV1) ? entry : { ...entry, fieldsV1: rest });
  }
  const mine = difference(union(own?.fieldsV1, changed), removed);
  if (mine) {
    result.push(
      own && sameSet(mine, own.fieldsV1)
        ? own
        : {
            manager,
            operation: 'Update',
            apiVersion,
            time,
            fieldsType: 'FieldsV1',
            fieldsV1: mine,
            ...(subresource === '' ? {} : { subresource }),
          },
    );
  }
  const capped = foldOldest(result);
  return capped.length > 0 ? capped.sort(byOperationAndTime) : undefined;
}

/** A list of one empty entry asks for managedFields to be dropped. */
function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && Object.keys(entries[0] ?? {}).length === 0;
}

/** A client sent entries, and all of them can be read. */
function isGiven(entries: ManagedFieldsEntry[] | undefined): entries is ManagedFieldsEntry[] {
  return entries !== undefined && entries.length > 0 && entries.every(isReadable);
}

function isReadable({ operation, fieldsType, fieldsV1 }: ManagedFieldsEntry): boolean {
  return (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && isFieldSet(fieldsV1);
}

function compareObjects({ schema, before, after, ignore = [] }: UpdateOptions): Comparison {
  const root = (object: KubeObject | undefined): Record<string, unknown> => {
    const fields: Record<string, unknown> = { ...object, metadata: tracked(object?.metadata) };
    for (const name of UNTRACKED_ROOT) delete fields[name];
    for (const name of ignore) delete fields[name];
    return fields;
  };
  // The object itself is always there: creating it adds its fields, not it.
  return compare(schema, root(before), root(after), { before: true, after: true });
}

function tracked(metadata: ObjectMeta | undefined): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(metadata ?? {})) if (!UNTRACKED_METADATA.has(name)) kept[name] = value;
  return kept;
}

/** Keeps the newest Update entries, and folds the others into one a version. */
function foldOldest(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updates = entries.filter((entry) => entry.operation === 'Update' && !entry.subresource);
  if (updates.length <= MAX_UPDATE_MANAGERS) return entries;
  const oldest = new Set(updates.toSorted(byOperationAndTime).slice(0, updates.length - MAX_UPDATE_MANAGERS + 1));
  const byVersion = Map.groupBy(oldest, ({ apiVersion = '' }) => apiVersion);
  const folded = Array.from(byVersion.values(), (same): ManagedFieldsEntry => {
    const fieldsV1 = unionAll(same.flatMap(({ fieldsV1 }) => fieldsV1 ?? []));
    return { ...(same.at(-1) as ManagedFieldsEntry), manager: ANCIENT, fieldsV1 };
  });
  return [...entries.filter((entry) => !oldest.has(entry)), ...folded];
}

/** Apply before Update, then oldest first, then by name (`sortEncodedManagedFields`). */
function byOperationAndTime(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    order(a.operation ?? '', b.operation ?? '') ||
    order(a.time ?? '', b.time ?? '') ||
    order(a.manager ?? '', b.manager ?? '') ||
    order(a.apiVersion ?? '', b.apiVersion ?? '') ||
    order(a.subresource ?? '', b.subresource ?? '')
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
