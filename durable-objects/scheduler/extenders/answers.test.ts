import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { type Asked, extender } from '../testing/extender.ts';
import { node, pod } from '../testing/objects.ts';
import { start } from '../testing/scheduler.ts';
import type { Question } from './consultation.ts';
import type { Extender } from './extender.ts';
import { answerOf, bareText, bodyOf } from './messages.ts';

const asking: Extender = {
  urlPrefix: 'http://e',
  verbs: {},
  weight: 1,
  timeoutMs: 1000,
  nodeCacheCapable: true,
  managedResources: new Set(),
  ignorable: false,
  tls: {},
};
const about = (verb: 'filter' | 'prioritize', nodes: readonly string[] = ['a']): Question => ({
  slot: 's',
  verb,
  extender: asking,
  nodes,
});
const preempting: Question = { slot: 's', verb: 'preempt', extender: asking, candidates: [] };

test.each<[Question, string, string]>([
  [
    about('prioritize'),
    '[{"Host":"a","Score":"much"}]',
    'string into Go struct field HostPriority.Score of type int64',
  ],
  [
    about('prioritize'),
    '[{"Host":"a","Score":1.5}]',
    'number 1.5 into Go struct field HostPriority.Score of type int64',
  ],
  [
    about('prioritize'),
    '[{"Host":"a","Score":1e999}]',
    'number 1e999 into Go struct field HostPriority.Score of type int64',
  ],
  [
    about('prioritize'),
    '[{"Host":"a","Score":1e2}]',
    'number 1e2 into Go struct field HostPriority.Score of type int64',
  ],
  [
    about('prioritize'),
    '[{"Host":"a","Score":1},{"Host":"b","Score":1.0,"More":1.5}]',
    'number 1.0 into Go struct field HostPriority.Score of type int64',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":{"a":{"NumPDBViolations":9223372036854775808}}}',
    'number 9223372036854775808 into Go struct field MetaVictims.NodeNameToMetaVictims.NumPDBViolations of type int64',
  ],
  [about('prioritize'), '[{"Host":7}]', 'number into Go struct field HostPriority.Host of type string'],
  [about('prioritize'), '["a"]', 'string into Go value of type v1.HostPriority'],
  [about('filter'), '{"Error":{}}', 'object into Go struct field ExtenderFilterResult.Error of type string'],
  [
    about('filter'),
    '{"NodeNames":[],"FailedNodes":{"a":["full"]}}',
    'array into Go struct field ExtenderFilterResult.FailedNodes of type string',
  ],
  [about('filter'), '{"NodeNames":"a"}', 'string into Go struct field ExtenderFilterResult.NodeNames of type []string'],
  [
    about('filter'),
    '{"NodeNames":["a"],"FailedNodes":["b"]}',
    'array into Go struct field ExtenderFilterResult.FailedNodes of type v1.FailedNodesMap',
  ],
  [about('filter'), '{"Nodes":["a"]}', 'array into Go struct field ExtenderFilterResult.Nodes of type v1.NodeList'],
  [
    about('filter'),
    '{"Nodes":{"items":{"a":{}}}}',
    'object into Go struct field NodeList.Nodes.items of type []v1.Node',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":["a"]}',
    'array into Go struct field ExtenderPreemptionResult.NodeNameToMetaVictims of type map[string]*v1.MetaVictims',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":{"a":"u"}}',
    'string into Go struct field ExtenderPreemptionResult.NodeNameToMetaVictims of type v1.MetaVictims',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":{"a":{"Pods":{"UID":"u"}}}}',
    'object into Go struct field MetaVictims.NodeNameToMetaVictims.Pods of type []*v1.MetaPod',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":{"a":{"Pods":["u"]}}}',
    'string into Go struct field MetaVictims.NodeNameToMetaVictims.Pods of type v1.MetaPod',
  ],
  [
    preempting,
    '{"NodeNameToMetaVictims":{"a":{"Pods":[],"NumPDBViolations":"many"}}}',
    'string into Go struct field MetaVictims.NodeNameToMetaVictims.NumPDBViolations of type int64',
  ],
])('%j is not answered by %s', (question, text, why) => {
  expect(() => answerOf(question, text)).toThrow(`json: cannot unmarshal ${why}`);
});

test('numbers that are no int64 are no problem where none is asked for', () => {
  const text = '[{"Host":"a","Score":9223372036854775807,"Weight":1.5}]';
  expect(answerOf(about('prioritize'), text)).toEqual({ scores: new Map([['a', 2 ** 63]]) });
});

test('an answer that is null says nothing', () => {
  expect(answerOf(about('filter'), 'null')).toMatchObject({ filtered: { passed: new Set() } });
  expect(answerOf(preempting, 'null')).toEqual({ preempted: new Map() });
});

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

/** A pod that an extender is being asked about, which answers once it is let. */
async function beingAsked() {
  const answers: (() => void)[] = [];
  const { call, asked } = extender(
    ({ body }: Asked) => new Promise((resolve) => answers.push(() => resolve({ NodeNames: body.NodeNames }))),
  );
  const { cluster } = await start(
    (c) => {
      const text = `${HEAD}extenders: [{nodeCacheCapable: true, urlPrefix: "http://e", filterVerb: filter}]`;
      c.put('configmaps', {
        metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
        data: { 'config.yaml': text },
      });
      c.put('nodes', node('a'));
      c.put('pods', pod('p'));
    },
    { callExtender: call, wait: false },
  );
  return { cluster, asked, answers };
}

test('a pod that changes while an extender is asked about it is asked about once more', async () => {
  const { cluster, asked, answers } = await beingAsked();
  const { metadata, ...rest } = cluster.get<Pod>('pods/default/p') as Pod;
  cluster.put('pods', { ...rest, metadata: { ...metadata, labels: { changed: 'yes' } } });
  await cluster.settle();
  for (let i = 0; i < 5; i++) {
    answers[i]?.();
    await cluster.settle();
  }
  expect(cluster.get<Pod>('pods/default/p')?.spec?.nodeName).toBe('a');
  expect(asked.map(({ body }) => body.Pod.metadata)).toMatchObject([{ name: 'p' }, { labels: { changed: 'yes' } }]);
});

test('a pod that goes on changing while an extender is asked about it is decided on all the same', async () => {
  const { cluster, asked, answers } = await beingAsked();
  for (let i = 0; i < 5; i++) {
    cluster.change<Pod>('pods/default/p', ({ metadata }) => {
      metadata.labels = { change: `${i}` };
    });
    await cluster.settle();
    answers[i]?.();
    await cluster.settle();
  }
  expect(cluster.get<Pod>('pods/default/p')?.spec?.nodeName).toBe('a');
  expect(asked).toHaveLength(2);
});

test.each([
  ['{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}', '{"metadata":{"name":"a"}}'],
  ['{"kind":"Node","apiVersion":"v1","metadata":{"name":"a"}}', '{"metadata":{"name":"a"}}'],
  ['{"kind":"Node","metadata":{"name":"a"},"apiVersion":"v1"}', '{"metadata":{"name":"a"}}'],
  ['{"apiVersion":"v1","kind":"N\\"ode","metadata":{"uid":1}}', '{"metadata":{"uid":1}}'],
])('%s is told without kind and version', (text, bare) => {
  expect(bareText(text)).toBe(bare);
});

test('nodes are told to an extender as they are stored, and those that are gone are left out', () => {
  const question: Question = { ...about('filter', ['a', 'b']), extender: { ...asking, nodeCacheCapable: false } };
  const text = '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a","generation":9007199254740993}}';
  const body = bodyOf(question, '{"metadata":{"name":"p"}}', (key) => (key === 'nodes//a' ? { text } : undefined));
  expect(body).toBe(
    '{"Pod":{"metadata":{"name":"p"}},' +
      '"Nodes":{"metadata":{},"items":[{"metadata":{"name":"a","generation":9007199254740993}}]},"NodeNames":null}',
  );
});
