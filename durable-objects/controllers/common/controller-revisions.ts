/** ControllerRevisions: the templates that a workload has had (upstream `pkg/controller/history`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { sortKeys } from '../../../kube/machinery/structural/print.ts';
import type { ControllerRevision, PodTemplateSpec } from '../../../kube/types.ts';
import type { Action } from '../runtime/plan.ts';
import { defineIndex, labelsOf } from '../runtime/view/projection.ts';
import { controllerRef } from './controller-ref.ts';
import { sameTemplate } from './template-hash.ts';

export const REVISIONS = 'controllerrevisions.apps';
/** The label by which a pod names its revision, and a DaemonSet's revision itself. */
export const REVISION_HASH = 'controller-revision-hash';
/** The label by which other revisions name themselves. */
export const OWN_HASH = 'controller.kubernetes.io/hash';
/** A revision's name is no longer than an object's may be. */
const MAX_PREFIX = 223;

export const revisionLabels = labelsOf(REVISIONS);

/** Revisions without a controller by namespace: candidates for adoption. */
export const orphanRevisions = defineIndex({
  name: 'orphan ControllerRevisions',
  resource: REVISIONS,
  values: ({ owner, namespace }) => (owner ? [] : [namespace]),
});

/** A revision that is not made yet; `label` names its hash. */
export function newRevision(
  owner: KubeObject,
  template: PodTemplateSpec | undefined,
  [label, hash]: readonly [label: typeof REVISION_HASH | typeof OWN_HASH, hash: string],
  revision: number,
): ControllerRevision {
  const { name = '', namespace = '', annotations } = owner.metadata;
  const made = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name.slice(0, MAX_PREFIX)}-${hash}`,
      namespace,
      labels: { ...template?.metadata?.labels, [label]: hash },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerRef(owner)],
    },
    // Clients compare the text with that which Go makes of a template, in the order of the names.
    data: sortKeys({ spec: { template: { ...template, $patch: 'replace' } } }),
    revision,
  };
  return made as unknown as ControllerRevision;
}

/** The template that a revision keeps; undefined where its data is of another sort. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const kept = (data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined)?.spec?.template;
  if (!kept) return undefined;
  const { $patch: _, ...template } = kept;
  return template;
}

export function isRevisionOf(template: PodTemplateSpec | undefined, revision: ControllerRevision): boolean {
  const kept = templateOf(revision);
  return kept !== undefined && sameTemplate(kept, template);
}

export function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels?.[REVISION_HASH] ?? '';
}

/** The oldest first. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  const difference = (a.revision ?? 0) - (b.revision ?? 0);
  if (difference !== 0) return difference;
  const [left, right] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

export function createRevision(revision: ControllerRevision): Action {
  return { do: 'create', resource: REVISIONS, object: revision as unknown as KubeObject };
}

export function updateRevision(revision: ControllerRevision): Action {
  return { do: 'update', resource: REVISIONS, object: revision as unknown as KubeObject };
}

export function deleteRevision({ metadata: { namespace = '', name = '', uid } }: ControllerRevision): Action {
  return { do: 'delete', target: { resource: REVISIONS, namespace, name, uid } };
}
