import { expect, test } from 'vitest';
import type { DaemonSet, Node } from '../../../kube/types.ts';
import { type NodeProjection, nodeFacts } from '../common/nodes.ts';
import { Interner } from '../runtime/view/interner.ts';
import { concerns } from './placement.ts';
import { daemonSet, node, template } from './testing/objects.ts';

const interner = new Interner();

function projected(made: object): NodeProjection {
  const { metadata } = made as Node;
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    node: nodeFacts.compute(made as never, interner),
  } as unknown as NodeProjection;
}

test('a node concerns a DaemonSet when pods of it come there, or have to go, or count otherwise', () => {
  const onDisks = daemonSet({ template: template('a', { nodeSelector: { disk: 'ssd' } }) }) as unknown as DaemonSet;
  const [plain, fit] = [projected(node('n1')), projected(node('n1', { disk: 'ssd' }))];
  const tainted = (effect: string) => projected(node('n1', { disk: 'ssd' }, [{ key: 'own', effect }]));
  expect(concerns(onDisks, undefined, plain)).toBe(false);
  expect(concerns(onDisks, plain, undefined)).toBe(false);
  expect(concerns(onDisks, plain, projected(node('n1', { other: 'x' })))).toBe(false);
  expect(concerns(onDisks, undefined, fit)).toBe(true);
  expect(concerns(onDisks, fit, undefined)).toBe(true);
  expect(concerns(onDisks, plain, fit)).toBe(true);
  expect(concerns(onDisks, fit, tainted('NoSchedule'))).toBe(true);
  expect(concerns(onDisks, tainted('NoSchedule'), tainted('NoExecute'))).toBe(true);
  expect(concerns(onDisks, fit, tainted('PreferNoSchedule'))).toBe(false);
});
