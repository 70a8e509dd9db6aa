import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { waiting } from './why.ts';

test('pods without a node are told of together where their messages are the same', () => {
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
  expect(waiting(pods)).toEqual([['a', 'c'], ['b']]);
  expect(waiting([pod('d', undefined, 'n')])).toEqual([]);
});
