/** The one printing of an object: what is stored, answered and watched is this text. */
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { isTooLarge } from '../../store/write.ts';

/** Fields in upstream's order; undefined ones are dropped by JSON. `revision` 0 (a dry run) leaves it out. */
export function printObject(object: KubeObject, revision: number): string {
  const { kind, apiVersion, metadata, ...rest } = object;
  return JSON.stringify({ kind, apiVersion, metadata: ordered(metadata, revision), ...rest });
}

/**
 * An object that would be refused for its size loses its managers, as upstream's create, update and patch write it once
 * more without them (apiserver `pkg/endpoints/handlers/create.go`). `text`: the object as printed. True if it had any.
 */
export function dropManagers(text: string, { metadata }: KubeObject): boolean {
  if (!metadata.managedFields || !isTooLarge(text)) return false;
  delete metadata.managedFields;
  return true;
}

function ordered(metadata: ObjectMeta, revision: number): ObjectMeta {
  const { name, generateName, namespace, uid, generation, creationTimestamp, deletionTimestamp, ...rest } = metadata;
  const { deletionGracePeriodSeconds, labels, annotations, ownerReferences, finalizers, managedFields } = rest;
  return {
    name,
    generateName: generateName || undefined,
    namespace: namespace || undefined,
    uid,
    resourceVersion: revision > 0 ? String(revision) : undefined,
    generation: generation || undefined,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    labels: nonEmpty(labels),
    annotations: nonEmpty(annotations),
    ownerReferences: ownerReferences?.length ? ownerReferences : undefined,
    finalizers: finalizers?.length ? finalizers : undefined,
    managedFields: managedFields?.length ? managedFields : undefined,
  };
}

function nonEmpty<T extends object>(map: T | undefined | null): T | undefined {
  for (const _ in map) return map ?? undefined;
  return undefined;
}
