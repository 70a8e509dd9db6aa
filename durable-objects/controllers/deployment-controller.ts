/** deployment-controller (upstream `pkg/controller/deployment/deployment_controller.go`). */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { Deployment, ReplicaSet } from '../../kube/types.ts';
import { claim, eventAbout } from './common/controller-ref.ts';
import { podFacts } from './common/pods.ts';
import { orphanSets, replicaSetLabels } from './common/replica-sets.ts';
import { deploymentSelector } from './common/selectors.ts';
import { same } from './common/values.ts';
import { cleanUpHistory } from './deployment/cleanup.ts';
import { DEPLOYMENTS, REASON, SETS } from './deployment/constants.ts';
import { countStatus, isComplete, judgeProgress, untilDeadline } from './deployment/progress.ts';
import { recreate } from './deployment/recreate.ts';
import { type Sets, syncRevision } from './deployment/revisions.ts';
import { rollForward } from './deployment/rolling.ts';
import { Rollout } from './deployment/rollout.ts';
import { isScaling, scaleInProportion } from './deployment/scaling.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Plan } from './runtime/plan.ts';
import { READ, rule } from './runtime/rules.ts';
import type { View } from './runtime/view.ts';

export const deploymentController = defineController({
  name: 'deployment-controller',
  for: DEPLOYMENTS,
  owns: [SETS],
  rules: [
    rule([...READ, 'update', 'patch'], ['apps'], 'deployments'),
    rule(['update', 'patch'], ['apps'], 'deployments/status', 'deployments/finalizers'),
    rule([...READ, 'create', 'update', 'patch', 'delete'], ['apps'], 'replicasets'),
    rule([...READ, 'update'], [''], 'pods'),
  ],
  projections: [deploymentSelector, replicaSetLabels, podFacts],
  indexes: [orphanSets],
  watches: [
    { resource: SETS, map: adopters },
    { resource: 'pods', map: ofGonePods },
  ],
  reconcile,
});

/** A ReplicaSet that nobody controls concerns every Deployment that would select it. */
function adopters({ after }: ObjectChange, view: View): Key[] {
  if (!after || after.owner || after.deleting) return [];
  const keys: Key[] = [];
  for (const other of view.projections(DEPLOYMENTS, after.namespace)) {
    if (other.selector?.matches(after.labels)) keys.push(other.key);
  }
  return keys;
}

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
  const rollout = new Rollout(deployment, now);
  const selector = selectorFromObject(deployment.spec?.selector as never);
  if (selector.requirements.length === 0) return selectsAll(rollout);

  const owned = view.dependents(deployment.metadata.uid ?? '').filter(({ resource }) => resource === SETS);
  const { claimed, actions } = claim(
    deployment as unknown as KubeObject,
    owned,
    view.index(orphanSets, namespace),
    (object) => selector.matches(object.labels),
  );
  // Adopted sets are ours from the next run on, when their owner is in the store.
  const sets = claimed
    .filter((object) => object.owner?.uid === deployment.metadata.uid)
    .map((object) => view.get<ReplicaSet>(SETS, namespace, object.name))
    .filter((set) => set !== undefined);
  if (actions.length > 0) return { actions, parallel: true };

  return step(rollout, sets, view);
}

/** One step of whatever this Deployment is at; answers what to write. */
function step(rollout: Rollout, sets: readonly ReplicaSet[], view: View): Plan {
  const { deployment } = rollout;
  const { namespace = '' } = deployment.metadata;
  const lookup = (name: string) => view.get<ReplicaSet>(SETS, namespace, name);
  if (deployment.metadata.deletionTimestamp) {
    const found = syncRevision(rollout, sets);
    return found ? conclude(rollout, found, false) : { actions: [] };
  }
  notePause(rollout);
  const present = syncRevision(rollout, sets);
  if (present && (deployment.spec?.paused || isScaling(rollout, present))) {
    scaleInProportion(rollout, present);
    if (deployment.spec?.paused) cleanUpHistory(rollout, present.oldSets);
    return conclude(rollout, present, false);
  }
  const found = rollout.isRolling ? syncRevision(rollout, sets, lookup) : recreate(rollout, sets, view, lookup);
  if (!found) return collided(rollout);
  if (rollout.isRolling) rollForward(rollout, found);
  return conclude(rollout, found, true);
}

/** The status and everything that was decided. `rolling` also judges progress, and cleans up when all is done. */
function conclude(rollout: Rollout, sets: Sets, rolling: boolean): Plan {
  const status = countStatus(rollout, sets);
  if (rolling) {
    if (rollout.deployment.status && isComplete(rollout, rollout.deployment.status)) {
      cleanUpHistory(rollout, sets.oldSets);
    }
    judgeProgress(rollout, sets, status);
  }
  const isSame = same('io.k8s.api.apps.v1.DeploymentStatus', rollout.deployment.status, status);
  const requeueAfter = rolling && isSame ? untilDeadline(rollout, status) : undefined;
  const actions = rollout.flush(isSame && !rollout.isRevisionNew ? undefined : status);
  return requeueAfter === undefined ? { actions } : { actions, requeueAfter };
}

/** `checkPausedConditions` */
function notePause(rollout: Rollout): void {
  if (!rollout.hasDeadline) return;
  const condition = rollout.condition('Progressing');
  if (condition?.reason === REASON.timedOut) return;
  const paused = rollout.deployment.spec?.paused ?? false;
  const noted = condition?.reason === REASON.paused;
  if (paused && !noted) rollout.setCondition('Progressing', 'Unknown', REASON.paused, 'Deployment is paused');
  else if (!paused && noted) rollout.setCondition('Progressing', 'Unknown', REASON.resumed, 'Deployment is resumed');
}

/** Another ReplicaSet has the name: count it, which makes another hash. */
function collided(rollout: Rollout): Plan {
  const { collisionCount, deployment } = rollout;
  return { actions: [rollout.statusAction({ ...deployment.status, collisionCount })] };
}

function selectsAll(rollout: Rollout): Plan {
  const { deployment } = rollout;
  const { generation = 0 } = deployment.metadata;
  const event = eventAbout(
    deployment as unknown as KubeObject,
    'Warning',
    'SelectingAll',
    'This deployment is selecting all pods. A non-empty selector is required.',
  );
  if ((deployment.status?.observedGeneration ?? 0) >= generation) return { actions: [{ do: 'event', event }] };
  return {
    actions: [{ do: 'event', event }, rollout.statusAction({ ...deployment.status, observedGeneration: generation })],
  };
}
