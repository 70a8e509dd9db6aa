/**
 * The managers of an object as those of its Scale, and back (apimachinery `pkg/util/managedfields/scalehandler.go`). As
 * upstream, an updater's entry is not found again on the way back: its replicas pass to an entry of their own, without
 * a time.
 */
import type { FieldsV1, ManagedFieldsEntry } from '../object.ts';
import { sortEntries, storedManagers } from './managers.ts';
import { difference, intersection } from './sets/field-set.ts';

/** The set that holds the replicas of the object, by apiVersion: null where it has no Scale, undefined if unknown. */
export type ReplicasOf = (apiVersion: string) => FieldsV1 | null | undefined;

const SCALE = 'autoscaling/v1';
const REPLICAS: FieldsV1 = { 'f:spec': { 'f:replicas': {} } };

export function managersOfScale(
  entries: readonly ManagedFieldsEntry[] | undefined,
  replicasOf: ReplicasOf,
): ManagedFieldsEntry[] {
  return sortEntries(
    Array.from(storedManagers(entries).values()).flatMap(({ entry, apiVersion, set }) => {
      const replicas = replicasOf(apiVersion);
      if (!replicas || !intersection(set, replicas)) return [];
      return { ...entry, apiVersion: SCALE, fieldsV1: REPLICAS };
    }),
  );
}

/** `apiVersion`: of the request, in which a scaler owns the replicas from now on. */
export function managersOfParent(
  entries: readonly ManagedFieldsEntry[] | undefined,
  scaleEntries: readonly ManagedFieldsEntry[] | undefined,
  replicasOf: ReplicasOf,
  apiVersion: string,
): ManagedFieldsEntry[] | undefined {
  const parents = storedManagers(entries);
  const scalers = storedManagers(scaleEntries);
  const result: ManagedFieldsEntry[] = [];
  for (const [id, { entry, apiVersion: version, set }] of parents) {
    const replicas = replicasOf(version);
    if (replicas === undefined) continue;
    if (replicas === null || !intersection(set, replicas) || scalers.delete(id)) {
      result.push(entry);
      continue;
    }
    const rest = difference(set, replicas);
    if (rest) result.push({ ...entry, fieldsV1: rest });
  }
  const replicas = replicasOf(apiVersion);
  for (const [id, { entry, set }] of scalers) {
    if (!replicas || !intersection(set, REPLICAS)) continue;
    const { time: _, ...rest } = entry;
    const time = parents.get(id)?.entry.time;
    result.push({ ...rest, apiVersion, fieldsV1: replicas, ...(time && { time }) });
  }
  return result.length > 0 ? sortEntries(result) : undefined;
}
