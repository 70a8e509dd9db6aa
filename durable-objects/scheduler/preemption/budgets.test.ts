import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { projectPod } from '../cache/projections.ts';
import { pod, snapshotOf } from '../testing/objects.ts';
import { splitByBudgets } from './budgets.ts';

const running = ['x', 'y'].map((name) => projectPod(`pods/default/${name}`, pod(name, { nodeName: 'a' }), 1));

test('budgets are read once however many nodes are asked, and each draws on the whole of them', () => {
  let reads = 0;
  const budget = {
    metadata: { name: 'b', namespace: 'default' },
    get spec() {
      reads++;
      return { selector: { matchLabels: { app: 'web' } } };
    },
    status: { disruptionsAllowed: 1 },
  } as unknown as KubeObject;
  const elsewhere = { ...budget, metadata: { name: 'b', namespace: 'other' }, status: { disruptionsAllowed: 0 } };
  const budgets = [budget, elsewhere];
  reads = 0;
  const snapshot = snapshotOf([], [], { list: () => budgets });
  for (let i = 0; i < 3; i++) {
    expect(splitByBudgets(running, snapshot)).toEqual({ nonViolating: [running[0]], violating: [running[1]] });
  }
  expect(reads).toBe(1);
});
