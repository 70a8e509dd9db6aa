/** The decisions of a whole cluster's scheduler, as they are asked for. */
import { expect, test } from 'vitest';
import { adviceOn, formatWhy, type Why } from '../../wire/why.ts';
import { TestCluster } from '../testing/cluster.ts';
import { answerWhy } from './why.ts';

const MERGE = 'application/merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';

function pod(name: string, spec: object = {}): object {
  return { metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx', ...spec }] } };
}

test('a decision is kept with what each plugin said', async () => {
  const cluster = await TestCluster.start();
  await cluster.must('PATCH /api/v1/nodes/sim-2', { spec: { unschedulable: true } }, 'application/merge-patch+json');
  await cluster.must(`POST ${PODS}`, pod('placed'));
  await cluster.must(`POST ${PODS}`, pod('huge', { resources: { requests: { cpu: '1000' } } }));
  await cluster.advance(1000);
  const placed = cluster.why('namespace=default&name=placed') as { status: number; body: Why };
  const { state, node, decision } = placed.body;
  expect([placed.status, state, decision?.outcome, decision?.node, decision?.nodes]).toEqual([
    200,
    'bound',
    'scheduled',
    node,
    3,
  ]);
  const [first, second, third] = decision?.verdicts ?? [];
  expect(Object.keys(decision?.weights ?? {})).toEqual(['NodeResourcesFit']);
  expect(third).toMatchObject({ node: 'sim-2', filter: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] });
  expect(decision?.weights).toMatchObject({ NodeResourcesFit: 1 });
  for (const verdict of [first, second]) {
    const sum = Object.entries(verdict?.scores ?? {}).reduce(
      (total, [name, score]) => total + score * (decision?.weights[name] ?? 0),
      0,
    );
    expect(verdict?.total).toBe(sum);
  }
  const chosen = [first, second].find((verdict) => verdict?.node === node);
  expect(chosen?.total).toBe(Math.max(first?.total ?? 0, second?.total ?? 0));

  const huge = (cluster.why('name=huge') as { body: Why }).body;
  expect(huge).toMatchObject({ state: 'unplaced', decision: { outcome: 'unschedulable', nodes: 3 } });
  expect(huge.decision?.message).toContain('2 Insufficient cpu');
  expect(huge.decision?.verdicts.map(({ filter }) => filter).sort()).toEqual([
    'NodeResourcesFit',
    'NodeResourcesFit',
    'NodeUnschedulable',
  ]);
});

test('what no scheduler of ours decides on says so', async () => {
  const cluster = await TestCluster.start();
  const made = async (name: string, spec: object) => {
    await cluster.must(`POST ${PODS}`, {
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
    });
    await cluster.advance(1000);
    return (cluster.why(`name=${name}`) as { body: Why }).body;
  };
  expect(await made('gated', { schedulingGates: [{ name: 'a.b/c' }] })).toMatchObject({
    state: 'gated',
    gates: ['a.b/c'],
  });
  expect(await made('foreign', { schedulerName: 'mine' })).toMatchObject({ state: 'foreign', schedulerName: 'mine' });
  expect(await made('named', { nodeName: 'sim-0' })).toEqual({
    namespace: 'default',
    name: 'named',
    state: 'bound',
    node: 'sim-0',
    named: true,
  });
  expect(await made('lost', { nodeName: 'nowhere' })).toMatchObject({ node: 'nowhere', named: true, missing: true });
  expect(await made('held', { resourceClaims: [{ name: 'r', resourceClaimName: 'none' }] })).toMatchObject({
    state: 'held',
    refusal: { filter: 'DynamicResources', reasons: ['object not found'] },
  });
  expect(cluster.why('name=none')).toMatchObject({ status: 404, body: { message: 'pods "none" not found' } });
  expect(cluster.why('')).toMatchObject({ status: 400 });
  const off = {
    store: { get: () => ({ text: JSON.stringify(pod('a')), revision: 1 }) },
    decision: () => undefined,
    held: () => undefined,
    now: () => 0,
  };
  expect(answerWhy('name=a', off).body).toMatchObject({ state: 'off' });
});

test('a pod that a client bound is told of without the decision that found it no node', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${PODS}`, pod('huge', { resources: { requests: { cpu: '1000' } } }));
  await cluster.advance(1000);
  const target = { apiVersion: 'v1', kind: 'Node', name: 'sim-0' };
  await cluster.must(`POST ${PODS}/huge/binding`, { metadata: { name: 'huge' }, target });
  expect(cluster.why('name=huge').body).toEqual({
    namespace: 'default',
    name: 'huge',
    state: 'bound',
    node: 'sim-0',
  });
});

test('a pod without a node has its reason still when the decision is no longer kept', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${PODS}`, pod('huge', { resources: { requests: { cpu: '1000' } } }));
  await cluster.advance(1000);
  // The object dies before the decision is written down.
  cluster.evict();
  const { state, decision, message } = cluster.why('name=huge').body as Why;
  expect([state, decision]).toEqual(['unplaced', undefined]);
  expect(message).toContain('3 Insufficient cpu');
});

test('decisions outlast a sleep, and those of a later life stand beside them', async () => {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${PODS}`, pod('huge', { resources: { requests: { cpu: '1000' } } }));
  await cluster.must(`POST ${PODS}`, pod('first'));
  await cluster.advance(5000);
  const before = cluster.why('name=first').body as Why;
  expect(before.decision?.verdicts).toHaveLength(3);
  cluster.evict();
  await cluster.must(`POST ${PODS}`, pod('second'));
  await cluster.advance(5000);
  cluster.evict();
  expect(cluster.why('name=first').body).toEqual(before);
  const [huge, second] = ['huge', 'second'].map((name) => (cluster.why(`name=${name}`).body as Why).decision);
  expect([huge?.outcome, second?.outcome]).toEqual(['unschedulable', 'scheduled']);
  const rows = cluster.rowsWritten;
  await cluster.advance(60_000);
  expect(cluster.rowsWritten).toBe(rows);
});

test('a pod of a configured profile is the scheduler’s own, also while the configuration is not read yet', async () => {
  const cluster = await TestCluster.start();
  const fit = { name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } };
  const configuration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ schedulerName: 'packed', pluginConfig: [fit] }],
  };
  await cluster.must('POST /api/v1/namespaces/kube-system/configmaps', {
    metadata: { name: 'kube-scheduler' },
    data: { 'config.yaml': JSON.stringify(configuration) },
  });
  for (const [name, cpu] of [
    ['small', '1'],
    ['huge', '1000'],
  ]) {
    const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }];
    await cluster.must(`POST ${PODS}`, { metadata: { name }, spec: { schedulerName: 'packed', containers } });
  }
  await cluster.advance(1000);
  const { decision } = cluster.why('name=small').body as Why;
  expect(decision?.preferences.NodeResourcesFit).toBe('mostAllocated');
  cluster.evict();
  expect(cluster.why('name=huge').body).toMatchObject({ state: 'unplaced' });
});

test('what keeps a pod off each node is told in full, and what refused it as a whole', async () => {
  const cluster = await TestCluster.start();
  const decided = async (name: string, spec: object) => {
    await cluster.must(`POST ${PODS}`, {
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
    });
    await cluster.advance(1000);
    return (cluster.why(`name=${name}`) as { body: Why }).body;
  };
  const nodes = ['sim-0', 'sim-1', 'sim-2'];
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['sim-1'] }];
  const terms = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } };
  const resources = { requests: { cpu: '40', memory: '300Gi' } };
  const by = await decided('by-name', {
    affinity: { nodeAffinity: terms },
    containers: [{ name: 'c', image: 'x', resources }],
  });
  expect(by.decision?.verdicts.map(({ node, filter }) => [node, filter]).sort()).toEqual([
    ['sim-0', 'NodeAffinity'],
    ['sim-1', 'NodeResourcesFit'],
    ['sim-2', 'NodeAffinity'],
  ]);
  expect(by.decision?.verdicts.find(({ node }) => node === 'sim-1')).toMatchObject({
    details: [
      { code: 'asks', asked: '40', free: '32', all: '32' },
      { code: 'asks', asked: '300Gi', free: '256Gi', all: '256Gi' },
    ],
    unresolvable: true,
  });

  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }];
  const { decision, ...why } = await decided('claimless', { volumes });
  expect(decision?.refusal?.reasons).toEqual(['persistentvolumeclaim "none" not found']);
  expect(adviceOn({ ...why, decision })).toEqual([expect.stringContaining('PersistentVolumeClaim that is not there')]);

  const taints = [{ key: 'own', value: 'yes', effect: 'NoSchedule' }];
  for (const node of nodes) await cluster.must(`PATCH /api/v1/nodes/${node}`, { spec: { taints } }, MERGE);
  const kept = await decided('kept-off', {});
  expect(kept.decision?.verdicts.map(({ details }) => details)).toEqual(nodes.map(() => ['own=yes:NoSchedule']));

  for (const node of nodes) await cluster.must(`DELETE /api/v1/nodes/${node}`);
  const alone = await decided('alone', {});
  expect(adviceOn(alone)).toEqual([expect.stringContaining('npx islet nodes add')]);
});

test('a pod that is on its node and does not run says so, with the next step', async () => {
  const cluster = await TestCluster.start();
  await cluster.must('POST /api/v1/namespaces/default/pods', {
    metadata: { name: 'p', annotations: { 'islet.dev/simulated-pull-error': 'manifest unknown' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  await cluster.advance(1000);
  const { body } = cluster.why('name=p') as { body: Parameters<typeof formatWhy>[0] };
  expect(body).toMatchObject({ state: 'bound', decision: { outcome: 'scheduled' } });
  const [first, second, third] = formatWhy(body, 0).split('\n');
  expect(first).toContain('pod default/p is on sim-');
  expect(second).toMatch(/^Its container c does not run: ErrImagePull \(.*\)\.$/);
  expect(third).toMatch(/^The registry has no such image or tag/);
});
