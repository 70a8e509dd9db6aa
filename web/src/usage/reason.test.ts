import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { ApiError } from '../api/request.ts';
import { reasonFor } from './reason.ts';

const gone = new ApiError({ code: 404, message: 'not found' });
const of = { of: 'pod', namespace: 'shop', name: 'web' } as const;
const pod = (phase: string): Pod => ({ metadata: {}, spec: { nodeName: 'n' }, status: { phase } }) as unknown as Pod;
const node = (status: string): Node =>
  ({ metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status }] } }) as unknown as Node;

test('nothing is measured where nothing runs, or the node is silent', () => {
  expect(reasonFor(of, gone, [pod('Pending')], [node('True')])).toEqual({ why: 'notRunning' });
  expect(reasonFor(of, gone, [pod('Running')], [node('Unknown')])).toEqual({ why: 'silent', node: 'n' });
  expect(reasonFor(of, gone, [pod('Running')], [node('True')])).toEqual({ why: 'notYet' });
  expect(reasonFor({ of: 'pods', namespace: 'shop', selector: '' }, 'none', [], [])).toEqual({ why: 'noPods' });
  expect(reasonFor({ of: 'nodes' }, 'none', [], [])).toEqual({ why: 'noNodes' });
  expect(reasonFor({ of: 'node', name: 'n' }, gone, [], [node('False')])).toEqual({ why: 'silent', node: 'n' });
});

test('a refusal and a failure are told in the server’s words', () => {
  expect(reasonFor(of, new ApiError({ code: 403, message: 'no' }), [], [])).toEqual({ why: 'forbidden', said: 'no' });
  expect(reasonFor(of, new ApiError({ code: 503, message: 'away' }), [], [])).toEqual({ why: 'failed', said: 'away' });
});
