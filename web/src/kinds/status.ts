/** How an object is, in a word or two, where its kind has such a word. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { DaemonSet, Deployment, Node, Pod, StatefulSet } from '../../../kube/types.ts';
import { t } from './messages.ts';
import { nodeStatus } from './node.ts';
import { podStatus } from './pod.ts';
import type { Badge } from './tone.ts';

const STATUS: Readonly<Record<string, (object: KubeObject) => Badge>> = {
  'v1/Pod': (object) => podStatus(object as Pod),
  'v1/Node': (object) => nodeStatus(object as Node),
  'apps/v1/Deployment': (object) => replicas(object as Deployment),
  'apps/v1/StatefulSet': (object) => replicas(object as StatefulSet),
  'apps/v1/ReplicaSet': (object) => replicas(object as Deployment),
  'apps/v1/DaemonSet': ({ status }: DaemonSet) =>
    readiness(status?.numberReady ?? 0, status?.desiredNumberScheduled ?? 0),
};

export function statusOf(object: KubeObject): Badge | undefined {
  return STATUS[`${object.apiVersion}/${object.kind}`]?.(object);
}

function replicas({ spec, status }: Deployment | StatefulSet): Badge {
  return readiness(status?.readyReplicas ?? 0, spec?.replicas ?? 1);
}

function readiness(ready: number, wanted: number): Badge {
  return { text: t('readyOf', { ready, wanted }), tone: ready >= wanted ? 'good' : 'busy' };
}
