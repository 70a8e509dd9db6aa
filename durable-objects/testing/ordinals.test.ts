/**
 * StatefulSets and DaemonSets that users change as they like, whose pods fail and are evicted, on nodes that come and go,
 * in an object that dies at any write: at no revision is a set out of its order, or a node given more pods than it may
 * have.
 */
import { expect, test } from 'vitest';
import type { DaemonSet, Pod, StatefulSet } from '../../kube/types.ts';
import { type Actions, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';
import { allOf, history, isControlledBy, type State, type Written } from './history.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';
const APPS = '/apis/apps/v1/namespaces/default';
const STEPS = 70;

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const specOf = (app: string) => ({
    minReadySeconds: pick([0, 0, 2]),
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { terminationGracePeriodSeconds: pick([0, 4]), containers: [{ name: 'c', image: 'i' }] },
    },
  });
  const set = () => {
    const spec = { ...specOf('s'), serviceName: 's', replicas: below(6), podManagementPolicy: 'OrderedReady' };
    return send(`POST ${APPS}/statefulsets`, { metadata: { name: 's' }, spec });
  };
  const strategy = () =>
    pick([
      { maxUnavailable: 1 },
      { maxUnavailable: '70%' },
      { maxSurge: 1, maxUnavailable: 0 },
      { maxSurge: '60%', maxUnavailable: 0 },
    ]);
  const daemons = () => {
    const spec = { ...specOf('d'), updateStrategy: { type: 'RollingUpdate', rollingUpdate: strategy() } };
    return send(`POST ${APPS}/daemonsets`, { metadata: { name: 'd' }, spec });
  };
  const roll = (path: string) => {
    const ready = pick([{}, {}, { 'islet.dev/simulated-ready-after': '3' }]);
    const annotations = { 'islet.dev/simulated-ready-after': null, ...ready, version: String(below(3)) };
    return send(`PATCH ${APPS}/${path}`, { spec: { template: { metadata: { annotations } } } }, MERGE);
  };
  const somePod = async (act: (path: string, name: string) => Promise<unknown>) => {
    const pods = await cluster.list<Pod>(PODS);
    if (pods.length === 0) return;
    const { name = '' } = pick(pods).metadata;
    await act(`${PODS}/${name}`, name);
  };
  const fail = (path: string) =>
    send(`PATCH ${path}/status`, { status: { phase: 'Failed', reason: 'Lost' } }, STRATEGIC);
  const node = () => `sim-${below(3)}`;
  return [
    set,
    set,
    daemons,
    daemons,
    () => roll('statefulsets/s'),
    () => roll('daemonsets/d'),
    () => roll('daemonsets/d'),
    () => send(`PATCH ${APPS}/statefulsets/s`, { spec: { replicas: below(6) } }, MERGE),
    () => send(`PATCH ${APPS}/daemonsets/d`, { spec: { updateStrategy: { rollingUpdate: strategy() } } }, MERGE),
    () => send(`DELETE ${APPS}/${pick(['statefulsets/s', 'daemonsets/d'])}`, { propagationPolicy: pick(POLICIES) }),
    () => somePod(fail),
    () => somePod((path) => send(`DELETE ${path}`)),
    () => somePod((path) => send(`DELETE ${path}`, { gracePeriodSeconds: 0 })),
    () =>
      somePod((path, name) =>
        send(`POST ${path}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }),
      ),
    () => send(`PATCH /api/v1/nodes/${node()}`, { spec: { unschedulable: next() < 0.3 } }, MERGE),
    () => {
      const taints = pick([null, null, [{ key: 'k', effect: pick(['NoExecute', 'NoSchedule']) }]]);
      return send(`PATCH /api/v1/nodes/${node()}`, { spec: { taints } }, MERGE);
    },
    () => send(`DELETE /api/v1/nodes/${node()}`),
    () => send('POST /api/v1/nodes', { metadata: { name: node(), labels: { 'islet.dev/simulated': 'true' } } }),
    () => cluster.advance(below(10_000)),
    () => cluster.advance(below(60_000)),
  ];
};
const POLICIES = ['Background', 'Foreground', 'Orphan'];

const isOver = ({ status }: Pod): boolean => ['Succeeded', 'Failed'].includes(status?.phase ?? '');
const isReady = ({ status, metadata }: Pod): boolean =>
  !metadata.deletionTimestamp &&
  status?.phase === 'Running' &&
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
const ordinalOf = ({ metadata }: Pod): number => Number(metadata.name?.split('-').at(-1));
const podsOf = (state: State, uid: string | undefined): Pod[] =>
  allOf<Pod>(state, 'pods').filter((pod) => isControlledBy(uid, pod));

/**
 * A pod of an ordered set is made once all before it are ready, and taken for good once none is behind it. `replicas`:
 * those that the set wanted when its controller looked.
 */
function outOfOrder(
  { before, after, by }: Written,
  state: State,
  set: StatefulSet,
  replicas: number,
): string | undefined {
  if (by !== 'statefulset-controller') return undefined;
  const pod = (after ?? before) as Pod;
  const others = podsOf(state, set.metadata.uid).filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  const ordinal = ordinalOf(pod);
  if (!before) {
    const ready = others.filter((other) => ordinalOf(other) < ordinal && isReady(other)).length;
    if (ready !== ordinal) return `${ready} of ${ordinal} before it are ready`;
  }
  const isDeleted = before && !before.metadata.deletionTimestamp && (!after || after.metadata.deletionTimestamp);
  if (!isDeleted || isOver(before as Pod) || ordinal < replicas) return undefined;
  const behind = others.filter((other) => ordinalOf(other) > ordinal).length;
  return behind > 0 ? `${behind} behind it are there` : undefined;
}

/** A node has one pod of a DaemonSet, and one more while that is updated with a surge. */
function crowded({ after, by }: Written, state: State, uid: string | undefined, most: number): string | undefined {
  if (!after || by !== 'daemon-set-controller') return undefined;
  const nodeOf = ({ spec }: Pod) =>
    spec?.nodeName ??
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
      ?.values?.[0];
  const there = podsOf(state, uid).filter((pod) => nodeOf(pod) === nodeOf(after as Pod) && !isOver(pod));
  const live = there.filter(({ metadata }) => !metadata.deletionTimestamp);
  return live.length > most ? `${live.length} pods on ${nodeOf(after as Pod)}` : undefined;
}

interface Found {
  revision: number;
  key: string;
  wrong: string;
}

function faults(cluster: TestCluster): Found[] {
  const found: Found[] = [];
  /** Whether a DaemonSet has ever had a surge: pods of that time may still be there. */
  const surged = new Set<string>();
  /** A set that was scaled down, which a deletion that was on its way did not know: it was for an update. */
  let scaled: { uid: string | undefined; revision: number; from: number } | undefined;
  for (const { written, state } of history(cluster)) {
    const { resource, revision, key, before, after } = written;
    const daemons = after as DaemonSet | undefined;
    if (resource === 'daemonsets.apps' && daemons?.spec?.updateStrategy?.rollingUpdate?.maxSurge) {
      surged.add(daemons.metadata.uid ?? '');
    }
    if (resource === 'statefulsets.apps' && before && after) {
      const from = (before as StatefulSet).spec?.replicas ?? 1;
      if (from > ((after as StatefulSet).spec?.replicas ?? 1)) scaled = { uid: after.metadata.uid, revision, from };
    }
    if (resource !== 'pods') continue;
    const owner = (after ?? before)?.metadata.ownerReferences?.find(({ controller }) => controller);
    const set = state.get(`statefulsets.apps/default/${owner?.name}`) as StatefulSet | undefined;
    const isJustScaled = scaled !== undefined && scaled.uid === owner?.uid && revision - scaled.revision <= 1;
    const replicas = isJustScaled ? (scaled?.from ?? 1) : (set?.spec?.replicas ?? 1);
    const wrong = set?.metadata.uid === owner?.uid && set ? outOfOrder(written, state, set, replicas) : undefined;
    if (wrong) found.push({ revision, key, wrong });
    const crowd =
      owner?.kind === 'DaemonSet' ? crowded(written, state, owner.uid, surged.has(owner.uid) ? 2 : 1) : undefined;
    if (crowd) found.push({ revision, key, wrong: crowd });
  }
  return found;
}

test.each(seeds(1, 2, 3, 4))(
  'sets keep their order and nodes their one pod, whatever happens (%i)',
  async (seed) => {
    const { cluster } = await led(seed, actions, STEPS);
    expect(faults(cluster)).toEqual([]);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
