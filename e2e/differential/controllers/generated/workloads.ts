/** Generated Deployments, ReplicaSets, StatefulSets and DaemonSets. */
import type { Json } from '../../mutations.ts';
import { type Step, scale } from '../scenario.ts';
import { workload } from '../scenarios/objects.ts';
import type { Choices, Sort } from './choices.ts';
import { change, nodeEdit, nodeGone, remade, roll, template } from './edits.ts';
import { ownedEdit } from './owned.ts';
import { podEdit } from './pods.ts';

/** It takes almost two minutes. */
const NODE_GONE_PERCENT = 25;
const BOUNDS = [0, 1, 2, '25%', '50%', '100%'];

/** Some of the edits of a kind, those of its pods, and those of its nodes. */
function edits(choices: Choices, object: Json, nodes: number, own: readonly (() => Step)[]): Sort {
  const plural = `${object.kind.toLowerCase()}s`;
  const path = `${plural}/web`;
  const stays = object.spec.template.metadata.annotations['suite/stay'] !== undefined;
  return {
    nodes,
    object,
    edit: () =>
      choices.one([
        ...own,
        ...own,
        () => podEdit(choices),
        () => podEdit(choices),
        () => podEdit(choices),
        () => podEdit(choices),
        ...(nodes > 1
          ? [() => nodeEdit(choices, nodes, path, stays), () => nodeEdit(choices, nodes, path, stays)]
          : []),
        () => nodeEdit(choices, nodes, path, stays),
        ...(choices.often(NODE_GONE_PERCENT) && !stays ? [() => nodeGone(choices, nodes, path)] : []),
        () => ownedEdit(choices, object.kind),
        () => ownedEdit(choices, object.kind),
        () => remade(path, object, choices),
        () => change(path, { metadata: { annotations: { own: choices.one(['x', 'y', null]) } } }),
        () => change(path, { spec: { minReadySeconds: choices.between(0, 2) } }),
      ])(),
  };
}

function bounds(choices: Choices): Json {
  const [maxSurge, maxUnavailable] = [choices.one(BOUNDS), choices.one(BOUNDS)];
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge, maxUnavailable };
}

export function deployment(choices: Choices): Sort {
  const strategy = (): Json =>
    choices.often(30)
      ? { type: 'Recreate', rollingUpdate: null }
      : { type: 'RollingUpdate', rollingUpdate: bounds(choices) };
  const path = 'deployments/web';
  const object = workload('Deployment', {
    replicas: choices.between(0, 4),
    strategy: strategy(),
    template: template(choices),
    ...choices.maybe(30, () => ({ minReadySeconds: choices.between(1, 2) })),
    ...choices.maybe(30, () => ({ revisionHistoryLimit: choices.between(0, 2) })),
    ...choices.maybe(20, () => ({ progressDeadlineSeconds: choices.between(3, 6) })),
    ...choices.maybe(10, () => ({ paused: true })),
  });
  return edits(choices, object, 1, [
    () => roll(path, choices),
    () => roll(path, choices),
    () => roll(path, choices),
    () => scale(path, choices.between(0, 6)),
    () => scale(path, choices.between(0, 6)),
    () => change(path, { spec: { strategy: strategy() } }),
    () => change(path, { spec: { paused: true } }),
    () => change(path, { spec: { paused: false } }),
    () => change(path, { spec: { paused: false } }),
    () => change(path, { spec: { revisionHistoryLimit: choices.between(0, 2) } }),
    () => change(path, { spec: { progressDeadlineSeconds: choices.between(3, 600) } }),
    () => change(path, { spec: { template: { metadata: { labels: { tier: choices.one(['a', 'b', null]) } } } } }),
  ]);
}

export function replicaSet(choices: Choices): Sort {
  const path = 'replicasets/web';
  const object = workload('ReplicaSet', {
    replicas: choices.between(0, 4),
    template: template(choices),
    ...choices.maybe(30, () => ({ minReadySeconds: choices.between(1, 2) })),
  });
  return edits(choices, object, 1, [() => roll(path, choices), () => scale(path, choices.between(0, 6))]);
}

const DATA = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } },
};

export function statefulSet(choices: Choices): Sort {
  const path = 'statefulsets/web';
  const keep = () => choices.one(['Retain', 'Delete']);
  const policy = () => ({ persistentVolumeClaimRetentionPolicy: { whenDeleted: keep(), whenScaled: keep() } });
  const strategy = (): Json =>
    choices.often(20)
      ? { type: 'OnDelete', rollingUpdate: null }
      : {
          type: 'RollingUpdate',
          rollingUpdate: {
            partition: choices.one([0, 0, 1, 2, 5]),
            ...choices.maybe(20, () => ({ maxUnavailable: choices.one([1, 2, '50%']) })),
          },
        };
  const object = workload('StatefulSet', {
    serviceName: 'web',
    replicas: choices.between(0, 4),
    updateStrategy: strategy(),
    podManagementPolicy: choices.one(['OrderedReady', 'Parallel']),
    template: template(choices),
    ...choices.maybe(20, () => ({ minReadySeconds: choices.between(1, 2) })),
    ...choices.maybe(30, () => ({ revisionHistoryLimit: choices.between(0, 2) })),
    ...choices.maybe(20, () => ({ ordinals: { start: choices.between(1, 3) } })),
    ...choices.maybe(20, () => ({ volumeClaimTemplates: [DATA], ...policy() })),
  });
  return edits(choices, object, 1, [
    () => roll(path, choices),
    () => roll(path, choices),
    () => scale(path, choices.between(0, 5)),
    () => scale(path, choices.between(0, 5)),
    () => change(path, { spec: { updateStrategy: strategy() } }),
    () => change(path, { spec: { ordinals: choices.one([null, { start: 1 }, { start: 2 }]) } }),
    () => change(path, { spec: { revisionHistoryLimit: choices.between(0, 2) } }),
    () => change(path, { spec: policy() }),
  ]);
}

export function daemonSet(choices: Choices): Sort {
  const path = 'daemonsets/web';
  const strategy = (): Json => {
    if (choices.often(20)) return { type: 'OnDelete', rollingUpdate: null };
    const amount = choices.one([1, 2, '50%', '100%']);
    const rollingUpdate = choices.often(50)
      ? { maxSurge: amount, maxUnavailable: 0 }
      : { maxUnavailable: amount, maxSurge: 0 };
    return { type: 'RollingUpdate', rollingUpdate };
  };
  const object = workload('DaemonSet', {
    updateStrategy: strategy(),
    template: template(choices),
    ...choices.maybe(30, () => ({ revisionHistoryLimit: choices.between(0, 2) })),
  });
  const nodes = choices.between(1, 3);
  return edits(choices, object, nodes, [
    () => roll(path, choices),
    () => roll(path, choices),
    () => roll(path, choices),
    () => change(path, { spec: { updateStrategy: strategy() } }),
    () => change(path, { spec: { template: { spec: { nodeSelector: { disk: choices.one(['ssd', null]) } } } } }),
    () => change(path, { spec: { revisionHistoryLimit: choices.between(0, 2) } }),
  ]);
}
