/**
 * Removes what a manager applied before and does not apply now, unless another manager owns it
 * (structured-merge-diff `merge/update.go`, Updater.prune).
 */
import type { FieldsV1, KubeObject } from '../object.ts';
import type { StructSchema } from '../schema/schema.ts';
import type { Tracking } from './managed-fields.ts';
import type { Manager, Managers } from './managers.ts';
import { inOwnedVersion, type OwnedVersion } from './owned-version.ts';
import { difference, intersection, isEmpty, union, unionAll } from './sets/field-set.ts';
import { fieldsOf, withNamedFields, without } from './typed/owned.ts';

const FAILED = 'failed to prune fields: ';
const DANGLING = `${FAILED}failed add back dangling items: failed to convert pruned object to last applied version: `;

/**
 * `last`: the applying manager as it was; `set`: what it gives now, which `managers` have it own. The result shares with
 * `merged`. Throws UnfitVersion.
 */
export function prune(
  tracking: Tracking,
  merged: KubeObject,
  { last, set }: { last: Manager; set: FieldsV1 | undefined },
  managers: Managers,
): KubeObject {
  // All fields that were applied are applied again: an applier owns the fields around its fields, too.
  const isOwn = last.apiVersion === tracking.apiVersion;
  if (isOwn && !difference(last.set, set) && !hasBareItem(last.set)) return merged;
  const inLast = versionOf(tracking, last.apiVersion);
  if (!inLast) return merged;
  const now = ownedByVersion(managers);
  // An object in its own version is not converted, and its items may share a key.
  const before = isOwn
    ? merged
    : inOwnedVersion(inLast, merged, `${FAILED}failed to convert merged object to last applied version: `);
  const lastSet = withNamedFields(inLast.schema, last.set);
  let pruned = inLast.restore(without(inLast.schema, before, lastSet) as KubeObject);
  // First in the version of what was removed: to be converted, an object may need it.
  const first = now.get(last.apiVersion);
  if (first) pruned = inLast.restore(addBack(inLast.schema, first, before, inLast.convert(pruned)));
  let isConverted = false;
  for (const [apiVersion, set] of now) {
    const version = apiVersion === last.apiVersion ? undefined : versionOf(tracking, apiVersion);
    if (!version) continue;
    isConverted = true;
    const why = (which: string) =>
      `${FAILED}failed add back owned items: failed to convert ${which} object at version ${apiVersion}: `;
    const whole = inOwnedVersion(version, merged, why('merged'));
    const rest = inOwnedVersion(version, pruned, why('pruned'));
    pruned = version.restore(addBack(version.schema, set, whole, rest));
  }
  const left = isConverted ? inOwnedVersion(inLast, pruned, DANGLING) : inLast.convert(pruned);
  const removed = difference(membersOf(inLast.schema, before), membersOf(inLast.schema, left));
  // A field that no manager owns, or an updater alone, stays.
  const dropped = intersection(removed, lastSet);
  // An object that has been converted lacks what conversions drop, also where nothing else is removed.
  return inLast.restore(dropped ? (without(inLast.schema, before, dropped) as KubeObject) : before);
}

/** `rest`, and beside it the members of `whole` that `set` owns. All three are in one version. */
function addBack(schema: StructSchema, set: FieldsV1, whole: KubeObject, rest: KubeObject): KubeObject {
  const kept = union(membersOf(schema, rest), withNamedFields(schema, set));
  const removed = difference(membersOf(schema, whole), kept);
  return (removed ? without(schema, whole, removed) : whole) as KubeObject;
}

function membersOf(schema: StructSchema, object: KubeObject): FieldsV1 | undefined {
  const set = fieldsOf(schema, object);
  return set && withNamedFields(schema, set);
}

/** An item that leaves its key to its default owns no field of its own, and upstream finds nothing of it to add back. */
function hasBareItem(set: FieldsV1): boolean {
  for (const step in set) {
    const node = set[step] as FieldsV1;
    if (isEmpty(node) ? step.startsWith('k:') : hasBareItem(node)) return true;
  }
  return false;
}

function ownedByVersion(managers: Managers): Map<string, FieldsV1> {
  const sets = Map.groupBy(managers.values(), ({ apiVersion }) => apiVersion);
  return new Map(
    Array.from(sets, ([apiVersion, owners]) => [apiVersion, unionAll(owners.map(({ set }) => set)) as FieldsV1]),
  );
}

function versionOf({ schema, apiVersion, versions }: Tracking, wanted: string): OwnedVersion | undefined {
  return wanted === apiVersion ? { schema, convert: same, restore: same } : versions?.(wanted);
}

const same = (object: KubeObject): KubeObject => object;
