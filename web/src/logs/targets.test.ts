import { expect, test } from 'vitest';
import { parseLabelSelector } from '../../../kube/machinery/selectors/labels.ts';
import type { Pod } from '../../../kube/types.ts';
import { containerNow, containersOf, podsOf, prefixOf, restartsOf, targetsOf } from './targets.ts';

function pod(name: string, labels: Record<string, string>, state: object | undefined, init: string[] = []): Pod {
  const status = state && { containerStatuses: [{ name: 'main', restartCount: 1, containerID: 'c1', state }] };
  return {
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels },
    spec: { containers: [{ name: 'main' }, { name: 'side' }], initContainers: init.map((each) => ({ name: each })) },
    status,
  } as unknown as Pod;
}

const RUNNING = { running: { startedAt: '2026-11-28T10:00:00Z' } };

test('pods by name, by labels and in all namespaces', () => {
  const pods = [pod('b', { app: 'x' }, RUNNING), pod('a', { app: 'x' }, RUNNING), pod('c', { app: 'y' }, RUNNING)];
  const names = (choice: Parameters<typeof podsOf>[1]) => podsOf(pods, choice).map(({ metadata }) => metadata.name);
  expect(names({ namespace: 'shop', selector: parseLabelSelector('app=x') })).toEqual(['a', 'b']);
  expect(names({ namespace: '', selector: parseLabelSelector('app in (x,y)') })).toEqual(['a', 'b', 'c']);
  expect(names({ namespace: 'other', selector: parseLabelSelector('') })).toEqual([]);
  expect(names({ namespace: 'shop', pod: 'c' })).toEqual(['c']);
});

test('containers: init containers while they are all that there is, or when one is asked for', () => {
  const names = (given: Pod, container?: string) => targetsOf([given], container).map((each) => each.container);
  expect(names(pod('a', {}, RUNNING, ['setup']))).toEqual(['main', 'side']);
  expect(names(pod('a', {}, undefined, ['setup']))).toEqual(['setup', 'main', 'side']);
  expect(names(pod('a', {}, RUNNING, ['setup']), 'setup')).toEqual(['setup']);
  expect(containersOf([pod('a', {}, RUNNING, ['setup']), pod('b', {}, RUNNING)])).toEqual(['setup', 'main', 'side']);
});

test('a container’s run, its end, and that of a pod of the same name', () => {
  const [target] = targetsOf([pod('a', {}, RUNNING)], 'main');
  expect(containerNow(pod('a', {}, RUNNING), target!)).toMatchObject({ run: 'c1', ended: false });
  expect(containerNow(pod('a', {}, { waiting: {} }), target!)).toMatchObject({ run: '', ended: false });
  const over = { terminated: { startedAt: 'x', containerID: 'c0' } };
  expect(containerNow(pod('a', {}, over), target!)).toMatchObject({ run: 'c0', ended: true });
  expect(containerNow(undefined, target!)).toBeUndefined();
  const other = { ...pod('a', {}, RUNNING), metadata: { name: 'a', uid: 'other' } } as Pod;
  expect(containerNow(other, target!)).toBeUndefined();
  expect(restartsOf([pod('a', {}, RUNNING), pod('b', {}, RUNNING)])).toBe(2);
});

test('a prefix says no more than is needed', () => {
  const two = targetsOf([pod('a', {}, RUNNING), pod('b', {}, RUNNING)], 'main');
  const sides = targetsOf([pod('a', {}, RUNNING)], undefined);
  expect(prefixOf(sides[0]!, targetsOf([pod('a', {}, RUNNING)], 'main'))).toBe('');
  expect(prefixOf(two[1]!, two)).toBe('b');
  expect(prefixOf(sides[1]!, sides)).toBe('side');
  expect(prefixOf(two[0]!, [...two, ...sides])).toBe('a/main');
});
