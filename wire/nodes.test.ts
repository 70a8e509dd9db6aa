import { expect, test } from 'vitest';
import { freeSimulatedNames, simulatedIndex, simulatedRange } from './nodes.ts';

const nodes = ['sim-0', 'sim-2'].map((name) => ({ metadata: { name }, spec: simulatedRange(name, []) }));

test('new nodes have the lowest free names, as far as there are any', () => {
  expect(freeSimulatedNames(nodes, 3)).toEqual(['sim-1', 'sim-3', 'sim-4']);
  expect(freeSimulatedNames(nodes, 2816)).toHaveLength(2814);
  expect(['sim-7', 'sim-07', 'sim-2816', 'box'].map(simulatedIndex)).toEqual([7, undefined, undefined, undefined]);
});

test('each has a range of its own, unless another took it', () => {
  expect(simulatedRange('sim-257', nodes)).toEqual({ podCIDR: '10.246.1.0/24', podCIDRs: ['10.246.1.0/24'] });
  expect(simulatedRange('sim-2', nodes)).toEqual({});
});
