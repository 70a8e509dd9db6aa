import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Lesson, Step } from './lesson.ts';
import { pathOf } from './paths.ts';
import { advance, configMapOf, pathsOf, progressIn, type Seen } from './progress.ts';

const step = (...done: Step['done']): Step => ({
  title: { en: '', zh: '' },
  text: { en: [], zh: [] },
  done,
  solution: [],
});
const exists = (name: string) => ({ get: 'v1/pods', namespace: 'default', name, is: 'object != null' });
const lesson = { steps: [step(exists('a')), step(exists('b')), step(), step(exists('c'))] } as unknown as Lesson;

const seeing =
  (...names: string[]): Seen =>
  (path) =>
    names.filter((name) => path.endsWith(`%3D${name}`)).map((name) => ({ metadata: { name } }) as KubeObject);

test('steps are done one after the other, and several at once', () => {
  expect(advance(lesson, 0, seeing())).toBe(0);
  expect(advance(lesson, 0, seeing('b'))).toBe(0);
  expect(advance(lesson, 0, seeing('a', 'b'))).toBe(2);
  // A step without checks waits for the person.
  expect(advance(lesson, 2, seeing('a', 'b', 'c'))).toBe(2);
  expect(advance(lesson, 3, seeing('c'))).toBe(4);
  expect(advance(lesson, 4, seeing())).toBe(4);
});

test('a list that is not complete decides nothing', () => {
  const gone = { steps: [step({ ...exists('a'), is: 'object == null' })] } as unknown as Lesson;
  expect([advance(gone, 0, () => undefined), advance(gone, 0, () => [])]).toEqual([0, 1]);
});

test('the lists of the next step alone are followed', () => {
  expect(pathsOf(lesson, 0)).toEqual(['/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Da']);
  expect([pathsOf(lesson, 2), pathsOf(lesson, 4)]).toEqual([[], []]);
});

test('paths of checks are those of the API', () => {
  expect(pathOf({ get: 'apps/v1/deployments', namespace: 'shop', labels: 'app=web' })).toBe(
    '/apis/apps/v1/namespaces/shop/deployments?labelSelector=app%3Dweb',
  );
  expect(pathOf({ get: 'v1/nodes' })).toBe('/api/v1/nodes');
});

test('progress is read from the ConfigMap as it was written, and a strange one begins anew', () => {
  const read = (data: object | undefined) => progressIn({ metadata: {}, data } as unknown as KubeObject);
  expect(progressIn(configMapOf({ lesson: 'a', done: 2 }) as unknown as KubeObject)).toEqual({ lesson: 'a', done: 2 });
  expect([read({ lesson: 'a', done: 'x' }), read({ done: '1' }), read(undefined), progressIn(undefined)]).toEqual([
    { lesson: 'a', done: 0 },
    undefined,
    undefined,
    undefined,
  ]);
});
