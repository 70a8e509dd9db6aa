/**
 * DaemonSets, StatefulSets and Jobs that users change as they like, on nodes that take pods or not, in an object that
 * dies at any step: once all is quiet, pods are what was asked for, each is counted once, and nothing is written anymore.
 */
import { expect, test } from 'vitest';
import type { DaemonSet, Job, Pod, StatefulSet } from '../../kube/types.ts';
import { type Actions, afterChaos } from './chaos.ts';
import type { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';
const DAEMONS = '/apis/apps/v1/namespaces/default/daemonsets';
const SETS = '/apis/apps/v1/namespaces/default/statefulsets';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const NAMES = ['x', 'y'];
const HOUR = 3_600_000;
const STEPS = 80;

const template = (app: string, annotations: object = {}, spec: object = {}) => ({
  metadata: { labels: { app }, annotations },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

/** The actions of users and of nodes; many of them are refused, as the object is there already or not there yet. */
const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const name = () => pick(NAMES);
  const selecting = (app: string) => ({ selector: { matchLabels: { app } }, template: template(app) });
  const daemons = () => {
    const app = `d-${name()}`;
    const rollingUpdate = pick([{ maxUnavailable: 1 }, { maxUnavailable: '100%' }, { maxSurge: 1, maxUnavailable: 0 }]);
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate };
    return { metadata: { name: app }, spec: { ...selecting(app), minReadySeconds: pick([0, 2]), updateStrategy } };
  };
  const set = () => {
    const app = `s-${name()}`;
    const more = { podManagementPolicy: pick(['OrderedReady', 'Parallel']), minReadySeconds: pick([0, 2]) };
    return { metadata: { name: app }, spec: { ...selecting(app), serviceName: 's', replicas: below(5), ...more } };
  };
  const job = () => {
    const ends = { 'islet.dev/simulated-exit-after': '1', 'islet.dev/simulated-exit-code': pick(['0', '0', '1']) };
    const [completions, parallelism] = [1 + below(4), below(4)];
    const more = pick([{}, { completionMode: 'Indexed' }, { completionMode: 'Indexed', backoffLimitPerIndex: 1 }]);
    const body = template('job', ends, { restartPolicy: 'Never' });
    return { metadata: { name: `j-${name()}` }, spec: { completions, parallelism, template: body, ...more } };
  };
  const patchTemplate = (path: string) => {
    const metadata = { annotations: { version: String(below(3)) } };
    return send(`PATCH ${path}`, { spec: { template: { metadata } } }, MERGE);
  };
  const node = () => `/api/v1/nodes/sim-${below(3)}`;
  const propagationPolicy = () => pick(['Background', 'Foreground', 'Orphan']);
  const somePod = async (act: (path: string) => Promise<unknown>) => {
    const pods = await cluster.list<Pod>(PODS);
    return pods.length > 0 ? act(`${PODS}/${pick(pods).metadata.name}`) : undefined;
  };
  return [
    () => send(`POST ${DAEMONS}`, daemons()),
    () => patchTemplate(`${DAEMONS}/d-${name()}`),
    () => patchTemplate(`${DAEMONS}/d-${name()}`),
    () => send(`DELETE ${DAEMONS}/d-${name()}`, { propagationPolicy: propagationPolicy() }),
    () => send(`POST ${SETS}`, set()),
    () => patchTemplate(`${SETS}/s-${name()}`),
    () => send(`PATCH ${SETS}/s-${name()}`, { spec: { replicas: below(5) } }, MERGE),
    () => send(`DELETE ${SETS}/s-${name()}`, { propagationPolicy: propagationPolicy() }),
    () => send(`POST ${JOBS}`, job()),
    () => send(`PATCH ${JOBS}/j-${name()}`, { spec: { parallelism: below(4) } }, MERGE),
    () => send(`PATCH ${JOBS}/j-${name()}`, { spec: { suspend: next() < 0.4 } }, MERGE),
    () => send(`DELETE ${JOBS}/j-${name()}`, { propagationPolicy: propagationPolicy() }),
    () => send(`PATCH ${node()}`, { spec: { unschedulable: next() < 0.4 } }, MERGE),
    () => {
      const taints = pick([null, [{ key: 'k', effect: pick(['NoExecute', 'NoSchedule']) }]]);
      return send(`PATCH ${node()}`, { spec: { taints } }, MERGE);
    },
    () => somePod((path) => send(`DELETE ${path}`)),
    () => somePod((path) => send(`DELETE ${path}`, { gracePeriodSeconds: 0 })),
    () => somePod((path) => send(`PATCH ${path}`, { metadata: { labels: { app: 'none' } } }, MERGE)),
    () => cluster.advance(below(3_000)),
    () => cluster.advance(below(30_000)),
    async () => cluster.evict(),
    async () => cluster.evict(),
    async () => cluster.evict(),
  ];
};

/** The statements that do not hold of a cluster at rest whose nodes all take pods. */
async function contradictions(cluster: TestCluster): Promise<unknown[]> {
  const wrong: unknown[] = [];
  const same = (about: string, found: unknown, expected: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ about, found, expected });
  };
  const pods = await cluster.list<Pod>(PODS);
  const ownedBy = (uid: string | undefined) =>
    pods.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid));
  const version = ({ metadata }: Pod) => metadata.annotations?.version;
  for (const { metadata, spec, status } of await cluster.list<DaemonSet>(DAEMONS)) {
    const own = ownedBy(metadata.uid);
    const wanted = spec?.template?.metadata?.annotations?.version;
    same(`nodes of ${metadata.name}`, own.map((pod) => pod.spec?.nodeName).sort(), ['sim-0', 'sim-1', 'sim-2']);
    same(`templates of ${metadata.name}`, own.map(version), [wanted, wanted, wanted]);
    const { numberReady, numberAvailable, updatedNumberScheduled, observedGeneration } = status ?? {};
    const numbers = [numberReady, numberAvailable, updatedNumberScheduled, observedGeneration];
    same(`status of ${metadata.name}`, numbers, [3, 3, 3, metadata.generation]);
  }
  for (const { metadata, spec, status } of await cluster.list<StatefulSet>(SETS)) {
    const own = ownedBy(metadata.uid);
    const { replicas = 0 } = spec ?? {};
    const ordinals = Array.from({ length: replicas }, (_, at) => at);
    same(
      `pods of ${metadata.name}`,
      own.map((pod) => pod.metadata.name).sort(),
      ordinals.map((at) => `${metadata.name}-${at}`),
    );
    same(
      `templates of ${metadata.name}`,
      own.map(version),
      ordinals.map(() => spec?.template?.metadata?.annotations?.version),
    );
    const { readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status ?? {};
    same(
      `status of ${metadata.name}`,
      [readyReplicas, updatedReplicas, currentRevision],
      [replicas, replicas, updateRevision],
    );
  }
  for (const { metadata, spec, status } of await cluster.list<Job>(JOBS)) {
    const own = ownedBy(metadata.uid);
    const isOver = status?.conditions?.some(
      ({ type, status: is }) => is === 'True' && ['Complete', 'Failed'].includes(type),
    );
    const isStill = spec?.suspend || spec?.parallelism === 0;
    same(`${metadata.name} is over`, isOver ?? false, !isStill || (isOver ?? false));
    const { succeeded = 0, failed = 0, active = 0, uncountedTerminatedPods } = status ?? {};
    same(`${metadata.name} counts`, [active, uncountedTerminatedPods ?? {}], [0, {}]);
    const ended = own.filter((pod) => pod.status?.phase === 'Succeeded').length;
    if (succeeded < ended && spec?.completionMode !== 'Indexed')
      same(`successes of ${metadata.name}`, succeeded, ended);
    const lost = own.filter((pod) => pod.status?.phase === 'Failed').length;
    if (failed < lost && isOver) same(`failures of ${metadata.name}`, failed, lost);
    if (isOver && status?.completionTime) same(`completions of ${metadata.name}`, succeeded, spec?.completions);
  }
  for (const { metadata } of pods) {
    same(`${metadata.name} is let go`, metadata.finalizers, undefined);
    same(`${metadata.name} stays`, metadata.deletionTimestamp, undefined);
  }
  return wrong;
}

test.each([1, 5, 27])(
  'workloads agree with their pods in the end, whatever happened (%i)',
  async (seed) => {
    const cluster = await afterChaos(seed, actions, STEPS);
    for (const name of ['sim-0', 'sim-1', 'sim-2']) {
      await cluster.send(`PATCH /api/v1/nodes/${name}`, { spec: { unschedulable: false, taints: null } }, MERGE);
    }
    // A pod that was released keeps its name, which a StatefulSet may wait for.
    await cluster.send(`DELETE ${PODS}?labelSelector=app%3Dnone`);
    await cluster.advance(2 * HOUR);
    const revision = async () => (await cluster.must('GET /api/v1/nodes')).metadata.resourceVersion;
    const before = await revision();
    await cluster.advance(HOUR);
    expect(await contradictions(cluster)).toEqual([]);
    expect(await revision()).toBe(before);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
