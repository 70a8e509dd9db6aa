import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import type { TestCluster } from './testing/cluster.ts';
import { extender } from './testing/extender.ts';
import { node, pod } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const KEY = 'configmaps/kube-system/kube-scheduler';

const map = (text: string) => ({
  metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
  data: { 'config.yaml': HEAD + text },
});
const say = (cluster: TestCluster, text: string) =>
  cluster.change<{ data: object }>(KEY, (stored) => {
    stored.data = { 'config.yaml': HEAD + text };
  });
const nodeOf = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`)?.spec?.nodeName;
const about = (cluster: TestCluster) => cluster.events().filter((event) => event.includes('onfiguration'));

test('pods are scheduled by the profile that they name, and by none where there is none', async () => {
  const { cluster } = await start((c) => {
    c.put('configmaps', map('profiles: [{schedulerName: default-scheduler}, {schedulerName: packed}]'));
    c.put('nodes', node('a'));
    for (const name of ['default-scheduler', 'packed', 'other']) c.put('pods', pod(name, { schedulerName: name }));
  });
  expect(['default-scheduler', 'packed', 'other'].map((name) => nodeOf(cluster, name))).toEqual(['a', 'a', undefined]);
  expect(about(cluster)).toEqual(['Normal ConfigurationApplied Profiles: default-scheduler, packed']);
  const origins = cluster.all<{ reason: string; reportingComponent: string }>('events/');
  const scheduled = origins.filter(({ reason }) => reason === 'Scheduled').map((event) => event.reportingComponent);
  expect(scheduled.sort()).toEqual(['default-scheduler', 'packed']);
});

test('a profile that comes later takes up the pods that wait for it, and one that goes leaves the next ones', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('a'));
    c.put('pods', pod('early', { schedulerName: 'packed' }));
  });
  expect(nodeOf(cluster, 'early')).toBeUndefined();
  cluster.put('configmaps', map('profiles: [{schedulerName: packed}]'));
  await cluster.settle();
  expect(nodeOf(cluster, 'early')).toBe('a');
  cluster.put('pods', pod('plain'));
  await cluster.settle();
  expect(nodeOf(cluster, 'plain')).toBeUndefined();
  cluster.remove(KEY);
  await cluster.settle();
  expect(nodeOf(cluster, 'plain')).toBe('a');
});

test('a wrong configuration is told of once, and the last good one stays, also after an eviction', async () => {
  const { cluster, wakeAgain } = await start((c) => {
    c.put('configmaps', map('profiles: [{schedulerName: packed}]'));
    c.put('nodes', node('a'));
    c.put('pods', pod('one', { schedulerName: 'packed' }));
  });
  say(cluster, 'profiles: [{schedulerName: packed, percentageOfNodesToScore: -1}]');
  await cluster.settle();
  await wakeAgain();
  cluster.put('pods', pod('two', { schedulerName: 'packed' }));
  cluster.put('pods', pod('plain'));
  await cluster.settle();
  expect([nodeOf(cluster, 'two'), nodeOf(cluster, 'plain')]).toEqual(['a', undefined]);
  expect(about(cluster)).toEqual([
    'Normal ConfigurationApplied Profiles: packed',
    'Warning InvalidConfiguration profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]; ' +
      'the last configuration stays',
  ]);
});

test('what did not fit is tried again with other plugins, and gates that no plugin asks about are open', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('a', { unschedulable: true }));
    c.put('pods', pod('p'));
    c.put('pods', pod('gated', { schedulingGates: [{ name: 'wait' }] }));
  });
  expect(cluster.events()[0]).toContain('1 node(s) were unschedulable');
  const names = ['NodeUnschedulable', 'SchedulingGates'].map((name) => `{name: ${name}}`);
  cluster.put('configmaps', map(`profiles: [{plugins: {multiPoint: {disabled: [${names}]}}}]`));
  cluster.now += 60_000;
  await cluster.settle();
  expect([nodeOf(cluster, 'p'), nodeOf(cluster, 'gated')]).toEqual(['a', 'a']);
});

test('a change of the ConfigMap beside its text tries no pod again', async () => {
  const { call, asked } = extender(() => ({ NodeNames: [], FailedNodes: { a: 'full' } }));
  const text = 'extenders: [{nodeCacheCapable: true, urlPrefix: "http://e", filterVerb: filter}]';
  const { cluster } = await start(
    (c) => {
      c.put('configmaps', map(text));
      c.put('nodes', node('a'));
      c.put('pods', pod('p'));
    },
    { callExtender: call },
  );
  for (const data of [{ 'config.yaml': HEAD + text, more: 'x' }, { 'config.yaml': 'none' }, { 'config.yaml': 'no' }]) {
    cluster.change<{ data: object }>(KEY, (stored) => {
      stored.data = data;
    });
    cluster.now += 30_000;
    await cluster.settle();
  }
  expect(asked).toHaveLength(1);
});

test.each(['', '\n'])('the text %j is no configuration', async (text) => {
  const { cluster } = await start((c) => c.put('configmaps', { ...map(''), data: { 'config.yaml': text } }));
  cluster.put('pods', pod('p'));
  await cluster.settle();
  expect(about(cluster)).toEqual([expect.stringContaining("Warning InvalidConfiguration couldn't get version/kind")]);
});
