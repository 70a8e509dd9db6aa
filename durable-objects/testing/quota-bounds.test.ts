/**
 * Objects of many kinds that are created at once, pods that end, are resized and get deadlines, quotas that come, change
 * and go, in an object that dies at any write: at no revision does what counts grow beyond a quota.
 */
import { expect, test } from 'vitest';
import { milliOf } from '../../kube/machinery/quantity.ts';
import type { Pod, ResourceQuota, Service } from '../../kube/types.ts';
import { type Actions, HELD, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';
import { allOf, history, type State } from './history.ts';

const MERGE = 'application/merge-patch+json';
const NS = '/api/v1/namespaces/default';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const STEPS = 60;

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const name = () => `n-${below(1000)}`;
  const podSpec = () => ({
    ...pick([{}, { activeDeadlineSeconds: 600 }]),
    terminationGracePeriodSeconds: pick([0, 5]),
    containers: [{ name: 'c', image: 'i', resources: pick([{}, { requests: { cpu: pick(['100m', '250m', '1']) } }]) }],
  });
  const annotations = () => pick([{}, { 'islet.dev/simulated-exit-after': '5' }]);
  const pod = () =>
    send(`POST ${NS}/pods`, {
      metadata: { name: name(), annotations: annotations() },
      spec: { ...podSpec(), restartPolicy: 'Never' },
    });
  const map = () => send(`POST ${NS}/configmaps`, { metadata: { name: name() } });
  const service = () => {
    const spec = { type: pick(['ClusterIP', 'NodePort']), ports: [{ name: 'a', port: 1 }] };
    return send(`POST ${NS}/services`, { metadata: { name: name() }, spec });
  };
  const set = () => {
    const labels = { app: name() };
    const spec = { replicas: below(6), selector: { matchLabels: labels } };
    const template = { metadata: { labels }, spec: podSpec() };
    delete (template.spec as { activeDeadlineSeconds?: number }).activeDeadlineSeconds;
    return send(`POST ${DEPLOYMENTS}`, { metadata: { name: labels.app }, spec: { ...spec, template } });
  };
  const hard = () => ({
    pods: String(2 + below(8)),
    'count/configmaps': String(3 + below(6)),
    services: String(1 + below(4)),
    'services.nodeports': String(below(3)),
    'count/deployments.apps': String(1 + below(3)),
    ...pick([{}, { 'requests.cpu': pick(['500m', '1', '2']) }]),
  });
  const scoped = () => ({ hard: { pods: String(1 + below(4)) }, scopes: [pick([...SCOPES.keys()])] });
  const quota = () =>
    send(`POST ${NS}/resourcequotas`, {
      metadata: { name: pick(['q', 'r']) },
      spec: pick([{ hard: hard() }, scoped()]),
    });
  const some = async (plural: string, act: (path: string) => Promise<unknown>, base = NS) => {
    const objects = await cluster.list(`${base}/${plural}`);
    if (objects.length > 0) await act(`${base}/${plural}/${pick(objects).metadata.name}`);
  };
  const settled = async (act: () => Promise<unknown>) => {
    await cluster.advance(HELD);
    await act();
    await cluster.advance(HELD);
  };
  const APPS = '/apis/apps/v1/namespaces/default';
  return [
    () => settled(quota),
    () => settled(() => some('resourcequotas', (path) => send(`PATCH ${path}`, { spec: { hard: hard() } }, MERGE))),
    () => settled(() => send(`DELETE ${NS}/resourcequotas/${pick(['q', 'r'])}`)),
    () => Promise.all([pod(), map(), pod(), service(), map(), pod(), service(), set(), map(), pod()]),
    () => Promise.all(Array.from({ length: 8 }, () => pick([pod, map, service, set])())),
    set,
    () => some('pods', (path) => send(`DELETE ${path}`)),
    () => some('configmaps', (path) => send(`DELETE ${path}`)),
    () => some('services', (path) => send(`PATCH ${path}`, { spec: { type: pick(['ClusterIP', 'NodePort']) } }, MERGE)),
    () => some('services', (path) => send(`DELETE ${path}`)),
    () => some('deployments', (path) => send(`PATCH ${path}`, { spec: { replicas: below(9) } }, MERGE), APPS),
    () => some('deployments', (path) => send(`DELETE ${path}`), APPS),
    () => some('pods', (path) => send(`PATCH ${path}`, { spec: { activeDeadlineSeconds: 300 } }, MERGE)),
    () =>
      some('pods', (path) => {
        const containers = [{ name: 'c', resources: { requests: { cpu: pick(['50m', '300m', '2']) } } }];
        return send(`PATCH ${path}/resize`, { spec: { containers } }, 'application/strategic-merge-patch+json');
      }),
    () => cluster.advance(below(20_000)),
  ];
};

const isBestEffort = ({ spec }: Pod): boolean =>
  spec?.containers.every(({ resources }) => !resources?.requests) ?? true;
const isTerminating = ({ spec }: Pod): boolean => spec?.activeDeadlineSeconds !== undefined;
const SCOPES = new Map<string, (pod: Pod) => boolean>([
  ['BestEffort', isBestEffort],
  ['NotBestEffort', (pod) => !isBestEffort(pod)],
  ['Terminating', isTerminating],
  ['NotTerminating', (pod) => !isTerminating(pod)],
]);
const isOver = ({ status }: Pod): boolean => ['Succeeded', 'Failed'].includes(status?.phase ?? '');
const cpuOf = ({ spec }: Pod): number =>
  (spec?.containers ?? []).reduce((sum, { resources }) => sum + milliOf(resources?.requests?.cpu ?? '0'), 0);
const portsOf = ({ spec }: Service): number => (spec?.type === 'NodePort' ? (spec.ports?.length ?? 0) : 0);
const inDefault = ({ metadata }: { metadata: { namespace?: string } }): boolean => metadata.namespace === 'default';

/** What counts for a quota at a revision, in thousandths. */
function usage(state: State, resource: string, scopes: readonly string[]): number {
  const of = <T extends { metadata: { namespace?: string } }>(plural: string): T[] =>
    (allOf(state, plural) as unknown as T[]).filter(inDefault);
  const pods = () => of<Pod>('pods').filter((pod) => !isOver(pod) && scopes.every((scope) => SCOPES.get(scope)?.(pod)));
  if (resource === 'pods') return pods().length * 1000;
  if (resource === 'requests.cpu') return pods().reduce((sum, pod) => sum + cpuOf(pod), 0);
  if (resource === 'services.nodeports') {
    return of<Service>('services').reduce((sum, service) => sum + portsOf(service), 0) * 1000;
  }
  return of(resource.replace('count/', '')).length * 1000;
}

/** The writes with which something grew beyond a quota. */
function excesses(cluster: TestCluster): unknown[] {
  const wrong: unknown[] = [];
  const before = new Map<string, number>();
  for (const { written, state } of history(cluster)) {
    const { revision, key, resource: changed } = written;
    for (const { metadata, spec } of allOf<ResourceQuota>(state, 'resourcequotas')) {
      for (const [resource, amount] of Object.entries(spec?.hard ?? {})) {
        const id = `${metadata.uid} ${resource}`;
        const used = usage(state, resource, spec?.scopes ?? []);
        const grew = used > (before.get(id) ?? 0) && changed !== 'resourcequotas';
        if (before.has(id) && grew && used > milliOf(amount as string))
          wrong.push({ revision, key, resource, used, amount });
        before.set(id, used);
      }
    }
  }
  return wrong;
}

test.each(seeds(1, 2, 3))(
  'nothing grows beyond a quota, whatever happens (%i)',
  async (seed) => {
    const { cluster } = await led(seed, actions, STEPS);
    expect(excesses(cluster)).toEqual([]);
    await cluster.advance(20 * 60_000);
    const state = new Map([...history(cluster)].at(-1)?.state);
    for (const { metadata, spec, status } of await cluster.list<ResourceQuota>(`${NS}/resourcequotas`)) {
      for (const [resource, used] of Object.entries(status?.used ?? {})) {
        const expected = usage(state, resource, spec?.scopes ?? []);
        expect({ quota: metadata.name, resource, used: milliOf(used as string) }).toEqual({
          quota: metadata.name,
          resource,
          used: expected,
        });
      }
    }
    // A quota may refuse the Service of the API server itself, which no event tells.
    const own =
      /^system-objects-controller\/services\/default\/kubernetes$|^services "kubernetes" is forbidden: exceeded/;
    expect(cluster.reported.filter((told) => !own.test(String(told)))).toEqual([]);
  },
  120_000,
);
