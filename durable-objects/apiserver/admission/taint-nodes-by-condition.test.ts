import { expect, test } from 'vitest';
import type { Node } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { node } from '../testing/objects.ts';

test('a new node has the taint of one that is not ready, whatever it says of itself, unless it is simulated', async () => {
  const { create } = await testApi();
  const status = { conditions: [{ type: 'Ready', status: 'True' as const }] };
  const taintsOf = async (name: string, labels = {}) =>
    (await create<Node>('/api/v1/nodes', { ...node(name, labels), status })).spec?.taints;
  expect(await taintsOf('n1')).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  expect(await taintsOf('sim-1', { 'islet.dev/simulated': 'true' })).toBeUndefined();
});
