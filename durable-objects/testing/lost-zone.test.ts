/** A zone of a cluster is lost, then all of it, and all comes back: who is evicted, at what pace, and the same end. */
import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import { TestCluster, type TestClusterOptions } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const SECOND = 1000;
const ZONES = ['a', 'b', 'c'];
/** Of the writes of a story, so many are the last of a life. */
const DEATHS = 10;

async function zoned(count: number, options: TestClusterOptions = {}) {
  const cluster = await TestCluster.start({ ...options, simulatedNodes: count });
  const names = Array.from({ length: count }, (_, index) => `sim-${index}`);
  const zoneOf = (name: string) => ZONES[Number(name.slice(4)) % ZONES.length];
  const patch = (name: string, metadata: object) => cluster.must(`PATCH /api/v1/nodes/${name}`, { metadata }, MERGE);
  for (const name of names) await patch(name, { labels: { 'topology.kubernetes.io/zone': zoneOf(name) } });
  const labels = { app: 'web' };
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', {
    metadata: { name: 'web' },
    spec: {
      replicas: count,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'web' }] } },
    },
  });
  await cluster.advance(10 * SECOND);
  const nodes = () => cluster.list<Node>('/api/v1/nodes');
  return {
    cluster,
    /** `zones` are silent from now on, or heard again. */
    async silent(zones: readonly string[], isSilent: boolean): Promise<void> {
      for (const name of names.filter((one) => zones.includes(zoneOf(one) ?? ''))) {
        await patch(name, { annotations: { 'islet.dev/simulated-unreachable': isSilent ? 'true' : null } });
      }
    },
    pods: () => cluster.list<Pod>('/api/v1/namespaces/default/pods'),
    zoneOf,
    nodes,
    evicting: async () =>
      (await nodes()).filter(({ spec }) => spec?.taints?.some(({ effect }) => effect === 'NoExecute')).length,
  };
}

const isReady = ({ status }: Node | Pod): boolean =>
  (status?.conditions as { type: string; status: string }[] | undefined)?.some(
    ({ type, status: is }) => type === 'Ready' && is === 'True',
  ) ?? false;
const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

test('a zone that is lost is evicted one node in ten seconds, and while all are lost nothing is', async () => {
  const { cluster, silent, pods, nodes, zoneOf, evicting } = await zoned(20);
  await silent(['a'], true);
  await cluster.advance(51 * SECOND);
  expect((await nodes()).filter((node) => !isReady(node)).map(({ metadata }) => zoneOf(metadata.name ?? ''))).toEqual(
    Array(7).fill('a'),
  );
  const paces: number[] = [];
  for (let i = 0; i < 8; i++) {
    paces.push(await evicting());
    await cluster.advance(10 * SECOND);
  }
  expect(paces).toEqual([1, 2, 3, 4, 5, 6, 7, 7]);
  const lost = (await pods()).filter(({ spec }) => zoneOf(spec?.nodeName ?? '') === 'a');
  expect(lost.length).toBeGreaterThan(4);
  expect(lost.map(isReady)).toEqual(lost.map(() => false));
  expect(lost.some(isLeaving)).toBe(false);

  // Five minutes after its taint each pod leaves, and another comes up elsewhere.
  await cluster.advance(400 * SECOND);
  expect((await pods()).filter(isLeaving)).toHaveLength(lost.length);
  expect((await pods()).filter(isReady)).toHaveLength(20);

  await silent(['b', 'c'], true);
  await cluster.advance(60 * SECOND);
  expect([(await nodes()).some(isReady), await evicting()]).toEqual([false, 0]);
  await cluster.advance(3_600 * SECOND);
  expect((await pods()).filter((pod) => !isLeaving(pod))).toHaveLength(20);

  await silent(['b'], false);
  await cluster.advance(5 * SECOND);
  expect(await evicting()).toBe(2);
  await silent(['a', 'c'], false);
  await cluster.advance(60 * SECOND);
  expect((await nodes()).map(({ spec }) => spec?.taints)).toEqual(Array(20).fill(undefined));
  expect((await pods()).map(isReady)).toEqual(Array(20).fill(true));
  expect(cluster.reported).toEqual([]);
}, 120_000);

/** The end, and the number of changes. */
async function story(diesAt?: number): Promise<{ end: unknown; revision: number }> {
  const { cluster, silent, pods, nodes } = await zoned(6, diesAt === undefined ? {} : { diesAt });
  await silent(['a'], true);
  await cluster.advance(450 * SECOND);
  await silent(['b', 'c'], true);
  await cluster.advance(900 * SECOND);
  await silent(ZONES, false);
  await cluster.advance(60 * SECOND);
  const end = {
    taints: (await nodes()).map(({ spec }) => spec?.taints),
    ready: (await nodes()).map(isReady),
    pods: (await pods()).map(isReady),
    timers: cluster.alarm !== undefined && cluster.alarm < cluster.now + 600 * SECOND,
    reported: cluster.reported,
  };
  return { end, revision: cluster.revision };
}

test('whichever write the object dies in, the end is the same', async () => {
  const { end, revision } = await story();
  expect(end).toMatchObject({ ready: Array(6).fill(true), pods: Array(6).fill(true), timers: false, reported: [] });
  const step = Math.ceil(revision / DEATHS);
  for (let diesAt = 2 + Math.floor(Math.random() * step); diesAt < revision; diesAt += step)
    expect([diesAt, (await story(diesAt)).end]).toEqual([diesAt, end]);
}, 300_000);
