import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { troubled } from './why.ts';

test('pods without a node, and pods that do not run, are told of together where their reasons are the same', () => {
  const pod = (name: string, message?: string, nodeName?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [], nodeName },
    status: { conditions: message ? [{ type: 'PodScheduled', status: 'False', message }] : [] },
  });
  const gone = pod('e', 'no room');
  gone.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  const pods = [pod('a', 'no room'), pod('b', 'no volume'), pod('c', 'no room'), pod('d', undefined, 'n'), gone];
  const names = (of: Pod[]) => troubled(of, 0).map((group) => group.names);
  expect(names(pods)).toEqual([['a', 'c'], ['b']]);
  expect(names([pod('d', undefined, 'n')])).toEqual([]);
  const broken = ['f', 'g'].map(
    (name): Pod => ({ ...pod(name, undefined, 'n'), status: { phase: 'Failed', reason: 'Evicted' } }),
  );
  expect(troubled([...pods, ...broken], 0).at(-1)).toEqual({ names: ['f', 'g'], lack: 'do not run as they should' });
});
