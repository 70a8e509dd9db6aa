/** Pods, and what extenders say of them. Each scenario has the nodes n1, n2 and n3 of one CPU, and pods that run there. */
import type { Rule } from './server.ts';

export interface Scenario {
  name: string;
  /** By extender: `all`, `second`, `binder`, `weak`. */
  rules: Record<string, Rule>;
  /** Resources that the pod requests beside CPU. */
  resources?: readonly string[];
  cpu?: string;
  priority?: 'high' | 'patient';
  /** The CPU of pods of a low priority, by node. */
  running?: Record<string, string>;
}

const [SECOND, BINDER, WEAK] = ['example.com/second', 'example.com/binder', 'example.com/weak'];
const FULL = { n1: '900m', n2: '900m', n3: '900m' };

/** `all` is asked about every pod, `second` about those that ask for its resource, and so on. */
export function extenders(prefix: string): object[] {
  const managed = (name: string | undefined) => [{ name, ignoredByScheduler: true }];
  return [
    {
      urlPrefix: `${prefix}/weak/`,
      filterVerb: 'filter',
      prioritizeVerb: 'prioritize',
      preemptVerb: 'preempt',
      weight: 1,
      ignorable: true,
      httpTimeout: '500ms',
      managedResources: managed(WEAK),
    },
    {
      urlPrefix: `${prefix}/all`,
      filterVerb: 'filter',
      prioritizeVerb: 'prioritize',
      preemptVerb: 'preempt',
      weight: 50,
      nodeCacheCapable: true,
      httpTimeout: '1s',
    },
    { urlPrefix: `${prefix}/second`, filterVerb: 'filter', preemptVerb: 'preempt', managedResources: managed(SECOND) },
    { urlPrefix: `${prefix}/binder`, bindVerb: 'bind', managedResources: managed(BINDER) },
  ];
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'scores decide', rules: { all: { scores: { n1: 1, n2: 10, n3: 3 } } } },
  { name: 'one node is left', rules: { all: { failed: { n1: 'no', n3: 'not either' } } } },
  { name: 'none is left', rules: { all: { failed: { n1: 'no', n2: 'no' }, unresolvable: { n3: 'never' } } } },
  { name: 'none is left, without a word', rules: { all: { dropped: ['n1', 'n2', 'n3'] } } },
  { name: 'one in both lists', rules: { all: { failed: { n1: 'a', n2: 'a', n3: 'a' }, unresolvable: { n1: 'b' } } } },
  { name: 'an error', rules: { all: { error: 'out of order' } } },
  { name: 'a status', rules: { all: { status: 500 } } },
  { name: 'an unknown node', rules: { all: { added: ['n9'] } } },
  {
    name: 'scores that fail',
    rules: { all: { failed: { n1: 'no' }, scores: { n2: 3, n3: 1 } }, weak: { status: 500 } },
    resources: [WEAK ?? ''],
  },
  {
    name: 'two in a row',
    rules: { all: { failed: { n1: 'no' } }, second: { failed: { n2: 'no' } } },
    resources: [SECOND ?? ''],
  },
  {
    name: 'the second leaves none',
    rules: { all: { failed: { n1: 'no' } }, second: { failed: { n2: 'x', n3: 'y' } } },
    resources: [SECOND ?? ''],
  },
  {
    name: 'an ignorable one hangs',
    rules: { weak: { hangs: true }, all: { failed: { n1: 'no', n2: 'no' } } },
    resources: [WEAK ?? ''],
  },
  {
    name: 'an ignorable one comes last',
    rules: { weak: { failed: { n1: 'w' } }, all: { failed: { n2: 'a' } } },
    resources: [WEAK ?? ''],
  },
  { name: 'an extender binds', rules: { all: { failed: { n1: 'no', n2: 'no' } } }, resources: [BINDER ?? ''] },
  { name: 'a binding fails', rules: { binder: { error: 'no way' } }, resources: [BINDER ?? ''] },
  { name: 'a binding has a status', rules: { binder: { status: 409 } }, resources: [BINDER ?? ''] },
  {
    name: 'room is made where the extender says',
    rules: { all: { preempt: { n2: 'same' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
  },
  { name: 'room is made nowhere', rules: { all: { preempt: {} } }, running: FULL, cpu: '500m', priority: 'high' },
  {
    name: 'a node without victims',
    rules: { all: { preempt: { n2: 'none' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
  },
  {
    name: 'a victim that is none',
    rules: { all: { preempt: { n3: 'stranger' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
  },
  {
    name: 'a node that is none',
    rules: { all: { preempt: { n9: 'none' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
  },
  {
    name: 'preemption fails',
    rules: { all: { preempt: { n1: 'same', n3: 'same' } }, second: { status: 500 } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
    resources: [SECOND ?? ''],
  },
  {
    name: 'two choose in a row',
    rules: { all: { preempt: { n1: 'same', n3: 'same' } }, second: { preempt: { n3: 'same' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
    resources: [SECOND ?? ''],
  },
  {
    name: 'an ignorable one tells of no victims',
    rules: { all: { preempt: { n1: 'same', n3: 'same' } }, weak: { preempt: { n1: 'none', n3: 'same' } } },
    running: FULL,
    cpu: '500m',
    priority: 'high',
    resources: [WEAK ?? ''],
  },
  {
    name: 'refused, and room would help',
    rules: { all: { failed: { n1: 'no', n2: 'no' }, unresolvable: { n3: 'never' } } },
    running: { n1: '500m', n2: '600m' },
    cpu: '300m',
    priority: 'high',
  },
  {
    name: 'a pod that never preempts',
    rules: { all: { failed: { n1: 'no' } } },
    running: FULL,
    cpu: '500m',
    priority: 'patient',
  },
];
