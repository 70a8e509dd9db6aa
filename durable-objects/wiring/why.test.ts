/** The decisions of a whole cluster's scheduler, as they are asked for. */
import { expect, test } from 'vitest';
import type { Why } from '../../wire/why.ts';
import { TestCluster } from '../testing/cluster.ts';
import { answerWhy } from './why.ts';

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
  expect(third).toEqual({ node: 'sim-2', filter: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] });
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
  });
  expect(cluster.why('name=none')).toMatchObject({ status: 404, body: { message: 'pods "none" not found' } });
  expect(cluster.why('')).toMatchObject({ status: 400 });
  const off = {
    store: { get: () => ({ text: JSON.stringify(pod('a')), revision: 1 }) },
    decision: () => undefined,
    schedules: false,
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
