/** deployment-controller (upstream `pkg/controller/deployment/deployment_controller.go`). */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { Deployment, ReplicaSet } from '../../kube/types.ts';
import { adoptersOf, claim } from './common/controller-ref.ts';
import { podFacts } from './common/pods.ts';
import { orphanSets, replicaSetLabels } from './common/replica-sets.ts';
import { deploymentSelector } from './common/selectors.ts';
import { SETS } from './deployment/replica-sets.ts';
import { DEPLOYMENTS, deploymentEvent, type Rollout, rolloutOf } from './deployment/rollout.ts';
import { planStep } from './deployment/step.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

export const deploymentController = defineController({
  name: 'deployment-controller',
  for: DEPLOYMENTS,
  owns: [SETS],
  projections: [deploymentSelector, replicaSetLabels, podFacts],
  indexes: [orphanSets],
  watches: [
    { resource: SETS, map: adoptersOf(DEPLOYMENTS) },
    { resource: 'pods', map: ofGonePods },
  ],
  reconcile,
});

/** Recreate waits for the last old pod to be gone, or over. */
function ofGonePods({ key, change, before, after }: ObjectChange, view: View): Key[] {
  const over = (phase: string | undefined) => phase === 'Succeeded' || phase === 'Failed';
  if (change !== 'delete' && !(over(podFacts.of(after)?.phase) && !over(podFacts.of(before)?.phase))) return [];
  const { namespace } = parseKey(key);
  const set = (before ?? after)?.owner;
  const owner = set?.kind === 'ReplicaSet' ? view.owner(set, namespace)?.owner : undefined;
  const deployment = owner?.kind === 'Deployment' ? view.owner(owner, namespace) : undefined;
  return deployment?.resource === DEPLOYMENTS ? [deployment.key] : [];
}

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const deployment = view.get<Deployment>(DEPLOYMENTS, namespace, name);
  if (!deployment) return { actions: [] };
  const rollout = rolloutOf(deployment, now);
  const selector = selectorFromObject(deployment.spec?.selector as never);
  if (selector.requirements.length === 0) return selectsAll(rollout);

  const owned = view.dependents(deployment.metadata.uid ?? '').filter(({ resource }) => resource === SETS);
  const { claimed, actions } = claim(
    deployment as unknown as KubeObject,
    owned,
    view.index(orphanSets, namespace),
    (object) => selector.matches(object.labels),
  );
  // Adopted sets are the Deployment's from the next run on, when their owner is in the store.
  if (actions.length > 0) return { actions, parallel: true };
  const sets = claimed
    .map((object) => view.get<ReplicaSet>(SETS, namespace, object.name))
    .filter((set) => set !== undefined);
  return planStep(rollout, sets, view);
}

function selectsAll(rollout: Rollout): Plan {
  const { deployment } = rollout;
  const { generation = 0 } = deployment.metadata;
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  const event: Action = { do: 'event', event: deploymentEvent(rollout, 'Warning', 'SelectingAll', message) };
  if ((deployment.status?.observedGeneration ?? 0) >= generation) return { actions: [event] };
  const object = { ...deployment, status: { ...deployment.status, observedGeneration: generation } };
  return {
    actions: [event, { do: 'update-status', resource: DEPLOYMENTS, object: object as unknown as KubeObject }],
  };
}
