/** The workload that an autoscaler scales, and the autoscaler of a workload. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { named, type Relation, those } from './relation.ts';

const AUTOSCALERS = 'horizontalpodautoscalers.autoscaling';
/** Kinds by what a reference calls them. */
const SCALED: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
  ReplicationController: 'replicationcontrollers',
};

function targetOf(autoscaler: KubeObject): { kind?: string; name?: string } {
  return (autoscaler.spec as { scaleTargetRef?: { kind?: string; name?: string } } | undefined)?.scaleTargetRef ?? {};
}

export const autoscaling: readonly Relation[] = [
  {
    name: 'scales',
    of: [AUTOSCALERS],
    find: (object) => {
      const { kind = '', name } = targetOf(object);
      const resource = SCALED[kind];
      return resource ? named(resource, object.metadata.namespace, [name]) : [];
    },
  },
  ...Object.entries(SCALED).map(
    ([kind, resource]): Relation => ({
      name: 'scaledBy',
      of: [resource],
      from: AUTOSCALERS,
      find: those(AUTOSCALERS, ({ metadata }, autoscaler) => {
        const target = targetOf(autoscaler);
        return (
          autoscaler.metadata.namespace === metadata.namespace && target.kind === kind && target.name === metadata.name
        );
      }),
    }),
  ),
];
