/** Pods that a selector chooses, and what chooses a pod. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Relation, those } from './relation.ts';
import { labelsMatch, mapMatches } from './selects.ts';

type Selects = (selecting: KubeObject, pod: KubeObject) => boolean;

const specOf = (object: KubeObject) => (object.spec ?? {}) as Record<string, unknown>;
const sameNamespace = (a: KubeObject, b: KubeObject) => a.metadata.namespace === b.metadata.namespace;

const byMap: Selects = (object, pod) =>
  sameNamespace(object, pod) && mapMatches(specOf(object).selector as Record<string, string>, pod.metadata.labels);
const bySelector =
  (field: string): Selects =>
  (object, pod) =>
    sameNamespace(object, pod) && labelsMatch(specOf(object)[field], pod.metadata.labels);

const SELECTING: readonly (readonly [resource: string, selects: Selects])[] = [
  ['services', byMap],
  ['networkpolicies.networking.k8s.io', bySelector('podSelector')],
  ['poddisruptionbudgets.policy', bySelector('selector')],
  // Its own are its ReplicaSets; theirs are what it is about.
  ['deployments.apps', bySelector('selector')],
];

export const selected: readonly Relation[] = SELECTING.flatMap(([resource, selects]): Relation[] => [
  { name: 'selects', of: [resource], from: 'pods', find: those('pods', selects) },
  { name: 'selectedBy', of: ['pods'], from: resource, find: those(resource, (pod, other) => selects(other, pod)) },
]);
