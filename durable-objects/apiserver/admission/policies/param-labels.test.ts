import { expect, test, vi } from 'vitest';
import { selectorFromMap } from '../../../../kube/machinery/selectors/labels.ts';
import { testApi } from '../../testing/harness.ts';
import { MAPS, MERGE } from '../../testing/objects.ts';
import { ParamLabels } from './param-labels.ts';

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

async function withLabels() {
  const api = await testApi();
  const params = new ParamLabels(api.store);
  const make = (name: string, labels?: object, path = MAPS) => api.create(path, { metadata: { name, labels } });
  const names = (prefix = 'configmaps/default/'): unknown[] =>
    params
      .selected(prefix, selectorFromMap({ a: 'b' }), api.store)
      .map((text) => (JSON.parse(text) as { metadata: { name: string } }).metadata.name);
  return { ...api, make, names };
}

test('what a selector matches follows each create, change of labels and delete', async () => {
  const { make, names, call } = await withLabels();
  await make('m');
  expect(names()).toEqual([]);
  await make('z', { a: 'b' });
  await make('c', { a: 'b' });
  await make('d', { a: 'c' });
  expect(names()).toEqual(['c', 'z']);
  for (const [name, a] of Object.entries({ d: 'b', z: null })) {
    await call(`PATCH ${MAPS}/${name}`, { headers: MERGE, body: { metadata: { labels: { a } } } });
  }
  expect(names()).toEqual(['c', 'd']);
  await call(`DELETE ${MAPS}/c`);
  expect(names()).toEqual(['d']);
  expect(names('configmaps/')).toEqual(['d']);
});

test('objects without a namespace are followed, and those of other namespaces are left out', async () => {
  const { make, names } = await withLabels();
  const prefix = 'priorityclasses.scheduling.k8s.io/';
  expect([names(prefix), names()]).toEqual([[], []]);
  await make('m', { a: 'b' }, '/api/v1/namespaces/kube-system/configmaps');
  await make('p', { a: 'b' }, CLASSES);
  expect([names(prefix), names()]).toEqual([['p'], []]);
});

test('of many objects the few that are selected are read, and no others', async () => {
  const { make, names, store } = await withLabels();
  for (let i = 0; i < 10; i++) await make(`m${i}`, i === 5 ? { a: 'b' } : undefined);
  expect(names()).toEqual(['m5']);
  const [scan, get] = [vi.spyOn(store, 'scan'), vi.spyOn(store, 'get')];
  expect(names()).toEqual(['m5']);
  expect([scan.mock.calls.length, get.mock.calls.length]).toEqual([0, 1]);
});
