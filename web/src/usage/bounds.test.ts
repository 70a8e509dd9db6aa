import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { boundsOf, topOf } from './bounds.ts';

const pod = (resources: object, phase = 'Running'): Pod =>
  ({ metadata: {}, spec: { containers: [{ name: 'a', resources }] }, status: { phase } }) as unknown as Pod;

test('requests are summed over pods that have not ended, limits where each container has one', () => {
  const limited = pod({ requests: { cpu: '250m' }, limits: { cpu: '1' } });
  const unlimited = pod({ requests: { cpu: '250m' } });
  const ended = pod({ requests: { cpu: '8' }, limits: { cpu: '8' } }, 'Succeeded');
  expect(boundsOf([limited, limited, ended], [], 'cpu')).toEqual({ requests: 0.5, limits: 2 });
  expect(boundsOf([limited, unlimited], [], 'cpu')).toEqual({ requests: 0.5 });
  expect(boundsOf([limited], [], 'memory')).toEqual({});
  expect(boundsOf([], [], 'cpu')).toEqual({});
});

test('a node has what can be allocated, and no limit', () => {
  const node = { metadata: {}, status: { allocatable: { cpu: '4', memory: '8Gi' } } } as unknown as Node;
  const limited = pod({ requests: { memory: '1Gi' }, limits: { memory: '2Gi' } });
  expect(boundsOf([limited], [node, node], 'memory')).toEqual({ requests: 1024 ** 3, allocatable: 16 * 1024 ** 3 });
});

test('a bound far above the use does not press it flat', () => {
  expect(topOf(1, { requests: 2, allocatable: 32 })).toBeCloseTo(2.2);
  expect(topOf(0, {})).toBe(1);
});
