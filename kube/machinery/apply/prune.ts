/**
 * Removes what a manager applied before and does not apply now, unless another manager owns it
 * (structured-merge-diff `merge/update.go`, Updater.prune).
 */
import type { FieldsV1, KubeObject } from '../object.ts';
import type { StructSchema } from '../schema/schema.ts';
import type { Tracking } from './managed-fields.ts';
import type { Manager, Managers } from './managers.ts';
import { inOwnedVersion, type OwnedVersion } from './owned-version.ts';
import { difference, intersection, union, unionAll } from './sets/field-set.ts';
import { fieldsOf, withNamedFields, without } from './typed/owned.ts';

const FAILED = 'failed to prune fields: ';

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
  if (last.apiVersion === tracking.apiVersion && !difference(last.set, set)) return merged;
  const inLast = versionOf(tracking, last.apiVersion);
  if (!inLast) return merged;
  const now = ownedByVersion(managers);
  const before = inOwnedVersion(inLast, merged, `${FAILED}failed to convert merged object to last applied version: `);
  const lastSet = withNamedFields(inLast.schema, last.set);
  let pruned = inLast.restore(without(inLast.schema, before, lastSet) as KubeObject);
  // First in the version of what was removed: to be converted, an object may need it.
  const versions = [last.apiVersion, ...Array.from(now.keys()).filter((each) => each !== last.apiVersion)];
  for (const apiVersion of versions) {
    const set = now.get(apiVersion);
    const version = set && versionOf(tracking, apiVersion);
    if (version) pruned = addBack({ version, apiVersion, set }, merged, pruned);
  }
  const removed = difference(membersOf(inLast.schema, before), membersOf(inLast.schema, inLast.convert(pruned)));
  // A field that no manager owns, or an updater alone, stays.
  const dropped = intersection(removed, lastSet);
  // An object that has been converted lacks what conversions drop, also where nothing else is removed.
  return inLast.restore(dropped ? (without(inLast.schema, before, dropped) as KubeObject) : before);
}

interface Owned {
  version: OwnedVersion;
  apiVersion: string;
  set: FieldsV1;
}

function addBack({ version, apiVersion, set }: Owned, merged: KubeObject, pruned: KubeObject): KubeObject {
  const { schema } = version;
  const why = (which: string) =>
    `${FAILED}failed add back owned items: failed to convert ${which} object at version ${apiVersion}: `;
  const whole = inOwnedVersion(version, merged, why('merged'));
  const rest = inOwnedVersion(version, pruned, why('pruned'));
  const kept = union(membersOf(schema, rest), withNamedFields(schema, set));
  const removed = difference(membersOf(schema, whole), kept);
  return version.restore((removed ? without(schema, whole, removed) : whole) as KubeObject);
}

function membersOf(schema: StructSchema, object: KubeObject): FieldsV1 | undefined {
  const set = fieldsOf(schema, object);
  return set && withNamedFields(schema, set);
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
