import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { askedOf, cpuText, memoryText } from './amounts.ts';

const node = { metadata: {}, status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } } } as unknown as Node;
const pod = (cpu: string, memory: string, phase = 'Running') =>
  ({
    metadata: {},
    spec: { containers: [{ name: 'a', resources: { requests: { cpu, memory } } }] },
    status: { phase },
  }) as unknown as Pod;

test('requests of pods that run are summed, those of ended ones are not', () => {
  const asked = askedOf(node, [pod('250m', '1Gi'), pod('1', '512Mi'), pod('2', '1Gi', 'Succeeded')]);
  expect(asked.cpu).toEqual({ used: 1.25, most: 4 });
  expect(memoryText(asked.memory.used)).toBe('1.5Gi');
  expect(asked.pods).toEqual({ used: 2, most: 110 });
  expect(cpuText(0.1 + 0.2)).toBe('0.3');
  expect(memoryText(0)).toBe('0Gi');
});
