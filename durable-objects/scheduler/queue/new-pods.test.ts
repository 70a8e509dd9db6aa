import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod } from '../../../kube/types.ts';
import { pod } from '../testing/objects.ts';
import { NewPods } from './new-pods.ts';

const KEY = 'pods/default/x';

function left(of: Pod, revision: number, more: { gone?: boolean; text?: string; key?: string } = {}) {
  const { gone = false, text = JSON.stringify(of), key = KEY } = more;
  return { key, revision, text, gone, object: () => of as unknown as KubeObject };
}

test('a pod is as its last change left it, and is given once', () => {
  const pods = new NewPods();
  const [first, second] = [pod('x'), pod('x', { priority: 1 })];
  pods.observe(left(first, 1));
  pods.observe(left(second, 2));
  expect(pods.take(KEY)).toEqual({ pod: second, revision: 2 });
  expect(pods.take(KEY)).toBeUndefined();
});

test('a pod that has a node, has ended or is gone is not kept, nor is what it was before', () => {
  const ended = { ...pod('x'), status: { phase: 'Failed' } } as Pod;
  for (const last of [left(pod('x', { nodeName: 'a' }), 2), left(ended, 2), left(pod('x'), 2, { gone: true })]) {
    const pods = new NewPods();
    pods.observe(left(pod('x'), 1));
    pods.observe(last);
    expect(pods.take(KEY)).toBeUndefined();
  }
});

test('what is kept is bounded: the first pods stay, and there is room again once they were taken', () => {
  const pods = new NewPods();
  const text = ' '.repeat(300 * 1024);
  const second = { text, key: 'pods/default/y' };
  pods.observe(left(pod('x'), 1, { text }));
  pods.observe(left(pod('y'), 2, second));
  expect([pods.take(second.key), pods.take(KEY)?.revision]).toEqual([undefined, 1]);
  pods.observe(left(pod('y'), 3, second));
  expect(pods.take(second.key)?.revision).toBe(3);
  pods.observe(left(pod('y'), 4, second));
  pods.clear();
  expect(pods.take(second.key)).toBeUndefined();
  pods.observe(left(pod('x'), 5, { text }));
  expect(pods.take(KEY)?.revision).toBe(5);
});
