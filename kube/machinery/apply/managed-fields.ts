/**
 * `metadata.managedFields` on every write (KEP-555; apimachinery `pkg/util/managedfields`): which manager set which
 * field, in which version, through which subresource.
 */
import { setOwn } from '../entries.ts';
import { sameJson } from '../equality.ts';
import type { FieldsV1, KubeObject, ManagedFieldsEntry, ObjectMeta } from '../object.ts';
import type { StructSchema } from '../schema/schema.ts';
import { hasKeylessItem } from './dropped-parts.ts';
import {
  foldOldest,
  givenManagers,
  isReset,
  type Manager,
  type Managers,
  managerId,
  setOwned,
  storedManagers,
  writeManagers,
} from './managers.ts';
import { inOwnedVersion, type OwnedVersions, UnfitVersion } from './owned-version.ts';
import { difference, differenceBelow, intersection, setOfPaths, union } from './sets/field-set.ts';
import { type Comparison, compare } from './typed/compare.ts';
import { reconciled } from './typed/reconcile.ts';

export interface Tracking {
  schema: StructSchema;
  apiVersion: string;
  manager: string;
  /** RFC 3339, seconds. */
  time: string;
  /** '' for the object itself. */
  subresource: string;
  /** Paths of what this endpoint cannot set: `status` for objects whose status is a subresource. */
  resets?: readonly string[];
  versions?: OwnedVersions;
}

export interface UpdateOptions extends Tracking {
  /** The object as it is stored; undefined on create. */
  before: KubeObject | undefined;
  /** The object as it will be stored, defaulted. Not changed here. */
  after: KubeObject;
}

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

/** Fields that no manager owns (`stripmeta.go`). */
export const STRIPPED = setOfPaths([
  ...UNTRACKED_ROOT,
  'metadata',
  ...Array.from(UNTRACKED_METADATA, (name) => `metadata.${name}`),
]);

/** One array for all calls: the set of its fields is cached by it. */
export const NO_RESETS: readonly string[] = [];

/** The entries to store; undefined when there are none. */
export function updateManagedFields(options: UpdateOptions): ManagedFieldsEntry[] | undefined {
  const { before, after, subresource } = options;
  const stored = before?.metadata.managedFields;
  // Managers can be edited through the object itself alone.
  const given = subresource === '' ? after.metadata.managedFields : undefined;
  if (before && isReset(given)) return undefined;
  // A client that sends none, or ones that cannot be read, means "leave them alone". Most send those that they read.
  const managers = (!sameJson(given, stored) && givenManagers(given)) || storedManagers(stored);
  // Objects whose managers were dropped are not tracked again before the next apply.
  if (before && managers.size === 0) return undefined;
  // Upstream gives up on managers of a version that it cannot read, and forgets them all.
  for (const { apiVersion } of managers.values()) if (apiVersion.split('/').length > 2) return undefined;
  return trackUpdate(options, managers) ? writeManagers(managers) : undefined;
}

/**
 * Changes `managers`. False where the object cannot be tracked, and they are of no use then: an item of a list has none
 * of the fields that name it, or the object does not fit a version in which its fields are owned, at which upstream
 * gives up and forgets all managers (`UpdateNoErrors`).
 */
export function trackUpdate(options: UpdateOptions, managers: Managers): boolean {
  try {
    return track(options, managers);
  } catch (error) {
    if (error instanceof UnfitVersion) return false;
    throw error;
  }
}

function track(options: UpdateOptions, managers: Managers): boolean {
  const { before, after, manager, apiVersion, subresource, time, schema, resets = NO_RESETS, versions } = options;
  reconcileAll(managers, options, before);
  const comparisons = new Comparisons({ schema, apiVersion, before, after, resets, versions });
  const entry: ManagedFieldsEntry = {
    manager,
    operation: 'Update',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    ...(subresource === '' ? {} : { subresource }),
  };
  const id = managerId(entry);
  takeFrom(managers, comparisons, id, true);
  const comparison = comparisons.in(apiVersion);
  const own = managers.get(id);
  if (comparison?.changed) {
    const { changed, removed } = comparison;
    if (hasKeylessItem(changed)) return false;
    // A path that is both changed and removed is owned: its item has become two of one key, or one of two.
    const set = union(difference(own?.set, removed), changed) as FieldsV1;
    managers.set(id, {
      entry: { ...entry, fieldsV1: set },
      apiVersion,
      set,
      isSorted: own?.isSorted && set === own.set,
    });
  } else if (own && comparison) setOwned(managers, id, difference(own.set, comparison.removed));
  foldOldest(managers);
  return true;
}

/**
 * A kind's schema may have changed since a set was written: what became atomic is owned as a whole. Throws
 * {@link UnfitVersion} where `live`, the object as it is stored, does not fit the version of one of its managers.
 */
export function reconcileAll(
  managers: Managers,
  { schema, apiVersion, versions }: Pick<Tracking, 'schema' | 'apiVersion' | 'versions'>,
  live: KubeObject | undefined,
): void {
  for (const [id, { apiVersion: version, set }] of managers) {
    const other = version === apiVersion ? undefined : versions?.(version);
    if (other && live) inOwnedVersion(other, live);
    const in_ = version === apiVersion ? schema : other?.schema;
    if (in_) setOwned(managers, id, reconciled(in_, set));
  }
}

export interface Conflict {
  manager: Manager;
  set: FieldsV1;
}

/**
 * Takes what a write changed or removed from the managers of it, `except` for the one that writes. Without `force`,
 * answers the conflicts where there are any, and takes nothing.
 */
export function takeFrom(
  managers: Managers,
  comparisons: Comparisons,
  except: string | undefined,
  force: boolean,
): Conflict[] {
  const conflicts: Conflict[] = [];
  const left = new Map<string, FieldsV1 | undefined>();
  for (const [id, manager] of managers) {
    if (id === except) continue;
    const comparison = comparisons.in(manager.apiVersion);
    if (!comparison) {
      left.set(id, undefined);
      continue;
    }
    const { changed, removed } = comparison;
    if (!changed && !removed) continue;
    const taken = force ? undefined : intersection(manager.set, changed);
    if (taken) conflicts.push({ manager, set: taken });
    left.set(id, difference(difference(manager.set, changed), removed));
  }
  if (conflicts.length > 0) return conflicts;
  for (const [id, set] of left) setOwned(managers, id, set);
  dropIdle(managers);
  return [];
}

/** A manager of nothing is none, whether a write took its fields or a client sent it so. */
function dropIdle(managers: Managers): void {
  for (const [id, { set }] of managers) {
    let owns = false;
    for (const _ in set) owns = true;
    if (!owns) managers.delete(id);
  }
}

interface Sides {
  schema: StructSchema;
  apiVersion: string;
  before: KubeObject | undefined;
  after: KubeObject;
  resets: readonly string[];
  versions: OwnedVersions | undefined;
}

/** The fields that a write changed, in each version in which fields are owned. */
export class Comparisons {
  readonly #sides: Sides;
  readonly #found = new Map<string, Comparison | undefined>();

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  /** undefined for a version that is not served. */
  in(apiVersion: string): Comparison | undefined {
    let found = this.#found.get(apiVersion);
    if (found === undefined && !this.#found.has(apiVersion)) {
      found = this.#compare(apiVersion);
      this.#found.set(apiVersion, found);
    }
    return found;
  }

  #compare(apiVersion: string): Comparison | undefined {
    const { before, after, resets } = this.#sides;
    if (apiVersion === this.#sides.apiVersion) return compareObjects(this.#sides.schema, before, after, resets);
    const version = this.#sides.versions?.(apiVersion);
    if (!version) return undefined;
    const old = before && inOwnedVersion(version, before, 'failed to convert old object: ');
    return compareObjects(
      version.schema,
      old,
      inOwnedVersion(version, after, 'failed to convert new object: '),
      version.resets ?? resets,
    );
  }
}

function compareObjects(
  schema: StructSchema,
  before: KubeObject | undefined,
  after: KubeObject,
  resets: readonly string[],
): Comparison {
  // The object itself is always there: creating it adds its fields, not it.
  const { changed, removed } = compare(schema, tracked(before, resets), tracked(after, resets));
  const nested = nestedResets(resets);
  return nested
    ? { changed: differenceBelow(changed, nested), removed: differenceBelow(removed, nested) }
    : { changed, removed };
}

function tracked(object: KubeObject | undefined, resets: readonly string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in object) {
    if (!UNTRACKED_ROOT.has(name) && !resets.includes(name)) setOwn<unknown>(kept, name, object[name]);
  }
  if (!resets.includes('metadata')) kept.metadata = trackedMetadata(object?.metadata);
  return kept;
}

function trackedMetadata(metadata: ObjectMeta | undefined): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in metadata) if (!UNTRACKED_METADATA.has(name)) kept[name] = metadata[name as keyof ObjectMeta];
  return kept;
}

const nestedOf = new WeakMap<readonly string[], FieldsV1 | null>();

/** The resets that are no top-level fields. */
function nestedResets(resets: readonly string[]): FieldsV1 | undefined {
  let nested = nestedOf.get(resets);
  if (nested === undefined) {
    nested = setOfPaths(resets.filter((path) => path.includes('.'))) ?? null;
    nestedOf.set(resets, nested);
  }
  return nested ?? undefined;
}
