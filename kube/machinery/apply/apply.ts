/**
 * Server-side apply (structured-merge-diff `merge/update.go`; apimachinery
 * `pkg/util/managedfields/internal/structuredmerge.go`): a configuration is merged into the live object, what its
 * manager applied before and does not apply now is removed, and fields of others are not changed against their will.
 */
import type { KubeObject, ManagedFieldsEntry } from '../object.ts';
import {
  Comparisons,
  type Conflict,
  NO_RESETS,
  reconcileAll,
  STRIPPED,
  type Tracking,
  takeFrom,
  trackUpdate,
} from './managed-fields.ts';
import { managerId, storedManagers, writeManagers } from './managers.ts';
import { UnfitVersion } from './owned-version.ts';
import { prune } from './prune.ts';
import { difference, differenceBelow, setOfPaths } from './sets/field-set.ts';
import { checkConfig, joinErrors } from './typed/check-config.ts';
import { merge } from './typed/merge.ts';
import { fieldsOf } from './typed/owned.ts';
import { sameTyped } from './typed/same-typed.ts';

export interface ApplyOptions extends Tracking {
  /** The object as it is stored, in the version of the request; undefined where it is to be created. Not changed. */
  live: KubeObject | undefined;
  /** Parsed, of the kind and version of the request. Not changed. */
  config: Readonly<Record<string, unknown>>;
  /** Takes fields from their managers. */
  force: boolean;
}

export interface Applied {
  /** The wanted object as JSON, neither decoded nor defaulted, without managers. Shares with both inputs. */
  object: KubeObject;
  managedFields: ManagedFieldsEntry[] | undefined;
}

export type ApplyOutcome =
  | Applied
  | { conflicts: Conflict[] }
  | {
      /** The configuration does not fit the schema; as upstream joins the errors. */
      error: string;
    }
  | {
      /** The object does not fit a version in which some of its fields are owned. */
      unfit: string;
    };

/** The manager of what an object without managers holds when it is first applied to (`skipnonapplied.go`). */
const BEFORE_FIRST = 'before-first-apply';

/** Pure. */
export function applyConfiguration(options: ApplyOptions): ApplyOutcome {
  try {
    return applied(options);
  } catch (error) {
    if (error instanceof UnfitVersion) return { unfit: error.message };
    throw error;
  }
}

function applied(options: ApplyOptions): ApplyOutcome {
  const { schema, live, config, manager, subresource, apiVersion, time, force, versions, resets = NO_RESETS } = options;
  const errors = checkConfig(schema, config);
  if (errors.length > 0) return { error: joinErrors(errors) };
  const managers = storedManagers(live?.metadata.managedFields);
  if (managers.size === 0 && live) {
    trackUpdate({ ...options, before: undefined, after: live, manager: BEFORE_FIRST }, managers);
  }
  reconcileAll(managers, options, live);
  const entry: ManagedFieldsEntry = {
    manager,
    operation: 'Apply',
    apiVersion,
    fieldsType: 'FieldsV1',
    ...(subresource === '' ? {} : { subresource }),
  };
  const id = managerId(entry);
  const last = managers.get(id);
  const set = differenceBelow(fieldsOf(schema, config), setOfPaths(resets));
  if (set) managers.set(id, { entry, apiVersion, set });
  else managers.delete(id);
  const before = live && withoutManagers(live);
  const merged = merge(schema, before ?? {}, config) as KubeObject;
  const object = last ? prune(options, merged, { last, set }, managers) : merged;
  const comparisons = new Comparisons({ schema, apiVersion, before, after: object, resets, versions });
  const conflicts = takeFrom(managers, comparisons, id, force);
  if (conflicts.length > 0) return { conflicts };
  const mine = difference(set, STRIPPED);
  if (!mine) managers.delete(id);
  else {
    // Where nothing is changed, the time of the last change stays, and a new manager has none.
    const when = live && sameTyped(schema, before, object) ? last?.entry.time : time;
    managers.set(id, { entry: { ...entry, ...(when && { time: when }), fieldsV1: mine }, apiVersion, set: mine });
  }
  return { object, managedFields: writeManagers(managers) };
}

export function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
