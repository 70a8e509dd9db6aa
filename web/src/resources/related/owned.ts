/** The objects that a controller made: their owner references lead back. */
import { type Relation, those } from './relation.ts';

const OWNED: readonly (readonly [owner: string, owned: string])[] = [
  ['deployments.apps', 'replicasets.apps'],
  ['replicasets.apps', 'pods'],
  ['statefulsets.apps', 'pods'],
  ['daemonsets.apps', 'pods'],
  ['replicationcontrollers', 'pods'],
  ['jobs.batch', 'pods'],
  ['cronjobs.batch', 'jobs.batch'],
  ['services', 'endpointslices.discovery.k8s.io'],
  ['nodes', 'leases.coordination.k8s.io'],
];

export const owned: readonly Relation[] = OWNED.map(([owner, resource]) => ({
  name: 'owned',
  of: [owner],
  from: resource,
  find: those(resource, ({ metadata: { uid } }, other) =>
    Boolean(other.metadata.ownerReferences?.some((reference) => reference.uid === uid)),
  ),
}));
