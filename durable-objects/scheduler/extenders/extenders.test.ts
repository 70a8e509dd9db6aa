import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import type { TestCluster } from '../testing/cluster.ts';
import { type Asked, extender, nodesOf, type Reply } from '../testing/extender.ts';
import { node, pod, requesting } from '../testing/objects.ts';
import { start } from '../testing/scheduler.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const CACHED = 'nodeCacheCapable: true, ';
const FILTER = 'urlPrefix: "http://e/", filterVerb: filter';
const configured = (...extenders: string[]) => ({
  metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
  data: { 'config.yaml': `${HEAD}extenders: [${extenders.map((text) => `{${text}}`).join(', ')}]` },
});
const nodeOf = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`)?.spec?.nodeName;
const failures = (cluster: TestCluster) => cluster.events().filter((event) => event.includes('FailedScheduling'));

async function run(config: string[], reply: Reply, fill: (cluster: TestCluster) => void) {
  const { call, asked } = extender(reply);
  const rig = await start(
    (cluster) => {
      cluster.put('configmaps', configured(...config));
      for (const name of ['a', 'b', 'c']) cluster.put('nodes', node(name));
      fill(cluster);
    },
    { callExtender: call },
  );
  return { ...rig, asked };
}

test('extenders leave nodes out one after another, and the last one’s nodes are scored', async () => {
  const second = 'urlPrefix: "http://f", filterVerb: second, prioritizeVerb: scores, weight: 3';
  const reply = (asked: Asked) => {
    if (asked.verb === 'filter') return { NodeNames: ['a', 'b'], FailedNodes: { c: 'no c' } };
    // Go reads fields in any case.
    if (asked.verb === 'second')
      return { nodes: { items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] } };
    return [
      { Host: 'a', Score: 1 },
      { host: 'b', score: 10 },
    ];
  };
  const { cluster, asked } = await run([CACHED + FILTER, second], reply, (c) => c.put('pods', pod('p')));
  expect(nodeOf(cluster, 'p')).toBe('b');
  expect(asked.map((one) => [one.verb, nodesOf(one)])).toEqual([
    ['filter', ['a', 'b', 'c']],
    ['second', ['a', 'b']],
    ['scores', ['a', 'b']],
  ]);
  expect(asked[0]?.body).toMatchObject({ Nodes: null, Pod: { metadata: { name: 'p' } } });
  expect(asked[1]?.body.NodeNames).toBeNull();
});

test('nodes that an extender refuses are told with its reasons, and any event is worth another try', async () => {
  let open = false;
  const refused = { NodeNames: [], FailedNodes: { a: 'full', b: 'full' }, FailedAndUnresolvableNodes: { c: 'never' } };
  const reply = () => (open ? { NodeNames: ['c'] } : refused);
  const { cluster, ring, asked } = await run([CACHED + FILTER], reply, (c) => c.put('pods', pod('p')));
  expect(failures(cluster)).toEqual([
    'Warning FailedScheduling 0/3 nodes are available: 1 never, 2 full. no new claims to deallocate, preemption: 0/3 nodes are available: ' +
      '1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
  ]);
  expect(asked).toHaveLength(1);
  open = true;
  cluster.put('services', { metadata: { name: 's', namespace: 'default' } });
  cluster.put('nodes', node('d', {}, { cpu: '0' }));
  await cluster.settle();
  await ring();
  expect(nodeOf(cluster, 'p')).toBe('c');
});

test.each<[string, unknown, string]>([
  ['an error', { Error: 'out of order' }, 'out of order'],
  ['a status', 503, 'failed filter with extender at URL http://e/filter, code 503'],
  [
    'a node that was not asked about',
    { NodeNames: ['z'] },
    'extender "http://e/" claims a filtered node "z" which is not found in the input node list',
  ],
])('%s is the pod’s failure, but for an extender that may be ignored', async (_, answer, message) => {
  const { cluster, ring } = await run(
    [CACHED + FILTER],
    () => answer,
    (c) => c.put('pods', pod('p')),
  );
  expect(failures(cluster)).toEqual([`Warning FailedScheduling ${message}`]);
  const { conditions } = cluster.get<Pod>('pods/default/p')?.status ?? {};
  expect(conditions).toMatchObject([{ type: 'PodScheduled', reason: 'SchedulerError', message }]);
  await ring();
  expect(nodeOf(cluster, 'p')).toBeUndefined();
  const ignoring = await run(
    [`${CACHED}ignorable: true, ${FILTER}`],
    () => answer,
    (c) => c.put('pods', pod('p')),
  );
  expect(nodeOf(ignoring.cluster, 'p')).toBeDefined();
});

test('a pod is the business of extenders that manage what it asks for, and such resources need not be a node’s', async () => {
  const managed = 'managedResources: [{name: example.com/x, ignoredByScheduler: true}]';
  const resources = { limits: { 'example.com/x': '1' }, requests: { 'example.com/x': '1' } };
  const reply = () => ({ NodeNames: ['b'] });
  const { cluster, asked } = await run([`${CACHED}${FILTER}, ${managed}`], reply, (c) => {
    c.put('pods', pod('plain'));
    c.put('pods', pod('asking', { containers: [{ name: 'c', image: 'i', resources }] } as Partial<Pod['spec']>));
  });
  expect(asked.map(({ body }) => body.Pod.metadata.name)).toEqual(['asking']);
  expect(nodeOf(cluster, 'asking')).toBe('b');
  expect(nodeOf(cluster, 'plain')).toBeDefined();
});

test('an extender binds; where it fails the pod is tried again, or the plugin binds', async () => {
  const binder = 'urlPrefix: "http://e", bindVerb: bind';
  const fill = (c: TestCluster) => c.put('pods', pod('p'));
  const { cluster, asked } = await run([binder], () => ({}), fill);
  expect(asked).toMatchObject([{ verb: 'bind', body: { PodName: 'p', PodNamespace: 'default', PodUID: 'uid-p' } }]);
  expect(cluster.events()).toContainEqual(
    expect.stringMatching(/^Normal Scheduled Successfully assigned default\/p to [abc]$/),
  );
  expect(cluster.requests.filter((text) => text.endsWith('/binding'))).toEqual([]);
  const failing = await run([binder], () => ({ Error: 'no way' }), fill);
  expect(failures(failing.cluster)).toEqual(['Warning FailedScheduling no way']);
  const ignoring = await run([`${binder}, ignorable: true`], () => 500, fill);
  expect(nodeOf(ignoring.cluster, 'p')).toBeDefined();
});

test('others are scheduled while an extender thinks, and what it says is held against the state of then', async () => {
  const answers: ((answer: unknown) => void)[] = [];
  const reply = ({ body }: Asked) =>
    body.Pod.metadata.name === 'other' ? { NodeNames: ['a'] } : new Promise((resolve) => answers.push(resolve));
  const { call, asked } = extender(reply);
  const small = { cpu: '1', memory: '1Gi', pods: '9' };
  const { cluster } = await start(
    (c) => {
      c.put('configmaps', configured(CACHED + FILTER));
      for (const name of ['a', 'b']) c.put('nodes', node(name, {}, small));
      for (const name of ['first', 'second', 'other']) c.put('pods', pod(name, requesting('1')));
    },
    { callExtender: (request) => call(request), wait: false },
  );
  expect(nodeOf(cluster, 'other')).toBe('a');
  answers[0]?.({ NodeNames: ['a', 'b'] });
  await cluster.settle();
  expect(nodeOf(cluster, 'first')).toBe('b');
  cluster.put('nodes', node('c', {}, small));
  await cluster.settle();
  answers[1]?.({ NodeNames: ['a', 'b'] });
  await cluster.settle();
  answers[2]?.({ NodeNames: ['c'] });
  await cluster.settle();
  expect(nodeOf(cluster, 'second')).toBe('c');
  const about = (name: string) => asked.filter(({ body }) => body.Pod.metadata.name === name).map(nodesOf);
  expect([about('first'), about('second')]).toEqual([[['a', 'b']], [['a', 'b'], ['c']]]);
});

test('extenders choose among candidates for preemption, and among victims', async () => {
  const reply = ({ verb, body }: Asked) => {
    if (verb === 'filter') return { NodeNames: body.NodeNames };
    return { NodeNameToMetaVictims: { b: { Pods: [{ UID: 'uid-on-b' }], NumPDBViolations: 0 } } };
  };
  const fill = (c: TestCluster) => {
    for (const name of ['a', 'b', 'c']) {
      c.put('pods', pod(`on-${name}`, { ...requesting('3'), nodeName: name, priority: name === 'b' ? 5 : 1 }));
    }
    c.put('pods', pod('urgent', { ...requesting('2'), priority: 10 }));
  };
  const preempting = `${CACHED}urlPrefix: "http://e", preemptVerb: preempt`;
  const { cluster, asked } = await run([preempting], reply, fill);
  const meta = (uid: string) => ({ Pods: [{ UID: uid }], NumPDBViolations: 0 });
  expect(asked[0]?.body.NodeNameToMetaVictims).toEqual({
    a: meta('uid-on-a'),
    b: meta('uid-on-b'),
    c: meta('uid-on-c'),
  });
  expect(cluster.get<Pod>('pods/default/urgent')?.status).toMatchObject({ nominatedNodeName: 'b' });
  expect(cluster.get('pods/default/on-b')).toBeUndefined();

  const whole = await run(['urlPrefix: "http://e", preemptVerb: preempt'], () => ({}), fill);
  expect(whole.asked[0]?.body.NodeNameToVictims?.a?.Pods[0]?.metadata.name).toBe('on-a');
  expect(failures(whole.cluster)).toEqual([
    'Warning FailedScheduling 0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: no candidate node for preemption',
  ]);
  const wrong = () => ({ NodeNameToMetaVictims: { b: { Pods: [{ UID: 'x' }] } } });
  const { cluster: other } = await run([preempting], wrong, fill);
  expect(failures(other)).toEqual([
    'Warning FailedScheduling 0/3 nodes are available: 3 Insufficient cpu. preemption: extender: http://e claims to preempt pod (UID: &{x}) on node: b, but the pod is not found on that node',
  ]);
});
