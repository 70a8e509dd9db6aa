import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { recalled, recallPath } from './recall.ts';

const node = (name: string, labels = {}): Node => ({ metadata: { name, labels } }) as unknown as Node;
const pod = (name: string, nodeName?: string, phase = 'Running'): Pod =>
  ({ metadata: { name }, spec: { nodeName }, status: { phase } }) as unknown as Pod;
const nodes = [node('box'), node('sim-0', { 'islet.dev/simulated': 'true' })];
const of = { of: 'pods', namespace: 'shop', selector: 'a=b' } as const;

test('agents are asked about running pods of machines, and about machines', () => {
  const path = recallPath(of, [pod('a', 'box'), pod('b', 'box'), pod('c', undefined, 'Pending')], nodes);
  expect(path).toBe('/islet/v1/usage-hour?namespace=shop&pod=a&pod=b');
  expect(recallPath({ of: 'node', name: 'box' }, [], nodes.slice(0, 1))).toBe('/islet/v1/usage-hour?node=box');
});

test('nothing is asked where a part would be missing, or nothing runs', () => {
  expect(recallPath(of, [pod('a', 'box'), pod('b', 'sim-0')], nodes)).toBeUndefined();
  expect(recallPath({ of: 'nodes' }, [], nodes)).toBeUndefined();
  expect(recallPath(of, [], nodes)).toBeUndefined();
  expect(recallPath(of, Array(201).fill(pod('a', 'box')), nodes)).toBeUndefined();
});

test('minutes are samples of before now', () => {
  expect(recalled([[1, 1], [250_000_000, 64], null, [1e9, 2]], 1_000_000)).toEqual([
    { at: 940_000, cpu: 0.25, memory: 64 },
    { at: 820_000, cpu: 1, memory: 2 },
  ]);
});
