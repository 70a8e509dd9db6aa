/**
 * Users do anything, nodes come and go, and the object dies at any step: once all is quiet, every part of the cluster
 * agrees with every other, and none of them writes anything more.
 */
import { expect, test } from 'vitest';
import type {
  Deployment,
  EndpointSlice,
  Endpoints,
  Node,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Service,
} from '../../kube/types.ts';
import { type Actions, afterChaos } from './chaos.ts';
import type { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPS = '/apis/apps/v1';
const POLICY = '/apis/policy/v1';
const NAMESPACES = ['default', 'a'];
const NAMES = ['x', 'y'];
const HOUR = 3_600_000;
const STEPS = 100;

const simulated = (name: string) => ({ metadata: { name, labels: { 'islet.dev/simulated': 'true' } } });

/** The actions of users and of nodes; many of them are refused, as the object is there already or not there yet. */
const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const place = () => `namespaces/${pick(NAMESPACES)}`;
  const node = () => `/api/v1/nodes/sim-${below(3)}`;
  const propagationPolicy = () => pick(['Background', 'Foreground', 'Orphan']);
  const deployment = (name: string) => ({
    metadata: { name },
    spec: {
      replicas: below(6),
      minReadySeconds: pick([0, 1, 5]),
      strategy: pick([{ type: 'Recreate' }, { rollingUpdate: { maxSurge: pick([0, '25%', 3]), maxUnavailable: 1 } }]),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: pick([0, 30]),
          containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: pick(['100m', '9']) } } }],
        },
      },
    },
  });
  const somePod = async (act: (path: string, name: string) => Promise<unknown>) => {
    const pods = await cluster.list<Pod>('/api/v1/pods');
    if (pods.length === 0) return;
    const { namespace, name = '' } = pick(pods).metadata;
    return act(`/api/v1/namespaces/${namespace}/pods/${name}`, name);
  };
  return [
    () => send(`POST ${APPS}/${place()}/deployments`, deployment(pick(NAMES))),
    () => send(`PATCH ${APPS}/${place()}/deployments/${pick(NAMES)}`, { spec: { replicas: below(7) } }, MERGE),
    () => {
      const template = { metadata: { annotations: { version: String(below(4)) } } };
      return send(`PATCH ${APPS}/${place()}/deployments/${pick(NAMES)}`, { spec: { template } }, MERGE);
    },
    () =>
      send(`DELETE ${APPS}/${place()}/deployments/${pick(NAMES)}`, {
        propagationPolicy: propagationPolicy(),
      }),
    () => {
      const spec = { selector: { app: pick(NAMES) }, ports: [{ port: 80 }] };
      return send(`POST /api/v1/${place()}/services`, { metadata: { name: pick(NAMES) }, spec });
    },
    () => {
      const spec = { maxUnavailable: pick([1, '50%']), selector: { matchLabels: { app: pick(NAMES) } } };
      return send(`POST ${POLICY}/${place()}/poddisruptionbudgets`, { metadata: { name: pick(NAMES) }, spec });
    },
    () => {
      const conditions = [{ type: 'Ready', status: pick(['True', 'True', 'False', 'Unknown']) }];
      return send(`PATCH ${node()}/status`, { status: { conditions } }, STRATEGIC);
    },
    () => send(`PATCH ${node()}`, { spec: { unschedulable: next() < 0.4 } }, MERGE),
    () => {
      const taints = pick([null, [{ key: 'k', effect: pick(['NoExecute', 'NoSchedule']) }]]);
      return send(`PATCH ${node()}`, { spec: { taints } }, MERGE);
    },
    () => send(`DELETE ${node()}`),
    () => send('POST /api/v1/nodes', simulated(`sim-${below(3)}`)),
    () => somePod((path) => send(`DELETE ${path}`)),
    () =>
      somePod((path, name) =>
        send(`POST ${path}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }),
      ),
    () => somePod((path) => send(`PATCH ${path}`, { metadata: { labels: { app: pick([...NAMES, 'none']) } } }, MERGE)),
    () => send('DELETE /api/v1/namespaces/a'),
    () => send('POST /api/v1/namespaces', { metadata: { name: 'a' } }),
    () => cluster.advance(below(3_000)),
    () => cluster.advance(below(60_000)),
    async () => cluster.evict(),
    async () => cluster.evict(),
  ];
};

const isReady = ({ status }: Pod) =>
  status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
const isOf = (uid: string | undefined) => (object: Pod | ReplicaSet) =>
  object.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid) ?? false;

/** The statements that do not hold of a cluster at rest whose nodes are all well. */
async function contradictions(cluster: TestCluster): Promise<unknown[]> {
  const wrong: unknown[] = [];
  const same = (about: string, found: unknown, expected: unknown) => {
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ about, found, expected });
  };
  const pods = await cluster.list<Pod>('/api/v1/pods');
  const sets = await cluster.list<ReplicaSet>(`${APPS}/replicasets`);
  for (const { metadata, status, spec } of pods) {
    const about = `pod ${metadata.name}`;
    const { controller, uid } = metadata.ownerReferences?.[0] ?? {};
    same(`${about}: is owned`, controller ? sets.some((set) => set.metadata.uid === uid) : true, true);
    same(`${about}: stays`, metadata.deletionTimestamp, undefined);
    if (spec?.nodeName) same(`${about}: runs`, [status?.phase, isReady({ status } as Pod)], ['Running', true]);
  }
  for (const set of sets) {
    const own = pods.filter(isOf(set.metadata.uid));
    const ready = own.filter(isReady).length;
    const { replicas, readyReplicas = 0, availableReplicas = 0 } = set.status ?? {};
    same(`set ${set.metadata.name}`, [own.length, replicas], [set.spec?.replicas, set.spec?.replicas]);
    same(`status of set ${set.metadata.name}`, [readyReplicas, availableReplicas], [ready, ready]);
  }
  for (const { metadata, spec, status } of await cluster.list<Deployment>(`${APPS}/deployments`)) {
    same(`deployment ${metadata.name} is observed`, status?.observedGeneration, metadata.generation);
    const sizes = sets.filter(isOf(metadata.uid)).map((set) => set.spec?.replicas ?? 0);
    if (pods.every((pod) => pod.spec?.nodeName)) {
      const active = sizes.filter((size) => size > 0);
      same(`deployment ${metadata.name}`, active, spec?.replicas ? [spec.replicas] : []);
    }
  }
  for (const { metadata, spec } of await cluster.list<Service>('/api/v1/services')) {
    const selector = Object.entries(spec?.selector ?? {});
    if (selector.length === 0) continue;
    const selected = (pod: Pod) => selector.every(([label, value]) => pod.metadata.labels?.[label] === value);
    const local = pods.filter((pod) => pod.metadata.namespace === metadata.namespace && isReady(pod) && selected(pod));
    const ips = local.map(({ status }) => status?.podIP).sort();
    const where = `namespaces/${metadata.namespace}`;
    const label = `labelSelector=kubernetes.io/service-name=${metadata.name}`;
    const slices = await cluster.list<EndpointSlice>(`/apis/discovery.k8s.io/v1/${where}/endpointslices?${label}`);
    const endpoints = slices.flatMap((slice) => slice.endpoints ?? []).filter((one) => one.conditions?.ready);
    same(`slices of ${metadata.name}`, endpoints.flatMap(({ addresses }) => addresses).sort(), ips);
    const { subsets = [] } = await cluster.must<Endpoints>(`GET /api/v1/${where}/endpoints/${metadata.name}`);
    same(
      `endpoints of ${metadata.name}`,
      subsets
        .flatMap((one) => one.addresses ?? [])
        .map(({ ip }) => ip)
        .sort(),
      ips,
    );
  }
  for (const { metadata, spec, status } of await cluster.list<PodDisruptionBudget>(`${POLICY}/poddisruptionbudgets`)) {
    const app = spec?.selector?.matchLabels?.app;
    const local = pods.filter(
      (pod) => pod.metadata.namespace === metadata.namespace && pod.metadata.labels?.app === app,
    );
    same(`budget ${metadata.name}`, status?.currentHealthy, local.filter(isReady).length);
  }
  const nodes = await cluster.list<Node>('/api/v1/nodes');
  same('ranges of nodes', new Set(nodes.flatMap(({ spec }) => spec?.podCIDR ?? [])).size, 3);
  return wrong;
}

test.each([1, 3, 5, 6])(
  'the cluster agrees with itself in the end, whatever happened (%i)',
  async (seed) => {
    const cluster = await afterChaos(seed, actions, STEPS);
    for (const name of ['sim-0', 'sim-1', 'sim-2']) {
      await cluster.send('POST /api/v1/nodes', simulated(name));
      await cluster.settle();
      await cluster.send(`PATCH /api/v1/nodes/${name}`, { spec: { unschedulable: false, taints: null } }, MERGE);
      const conditions = [{ type: 'Ready', status: 'True' }];
      await cluster.send(`PATCH /api/v1/nodes/${name}/status`, { status: { conditions } }, STRATEGIC);
    }
    await cluster.advance(HOUR);
    const revision = async () => (await cluster.must('GET /api/v1/nodes')).metadata.resourceVersion;
    const before = await revision();
    await cluster.advance(HOUR);
    const pending = (await cluster.list<Pod>('/api/v1/pods')).filter(({ spec }) => !spec?.nodeName);
    if (pending.length === 0) expect(await revision()).toBe(before);
    expect(await contradictions(cluster)).toEqual([]);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
