import { expect, test } from 'vitest';
import { hrefOf, parse, type Route } from './route.ts';

test.each<[string, Partial<Route>]>([
  ['#cluster=default&namespace=shop&search=web', { cluster: 'default', namespace: 'shop', search: 'web' }],
  ['#show=pods/shop/web-1&tab=Logs', { selected: { kind: 'pods', namespace: 'shop', name: 'web-1' }, tab: 'Logs' }],
  ['#page=resources&resource=apps/v1/deployments', { page: 'resources', resource: 'apps/v1/deployments' }],
  [
    '#show=rbac.authorization.k8s.io/v1/clusterroles//system%3Anode',
    { selected: { kind: 'rbac.authorization.k8s.io/v1/clusterroles', namespace: '', name: 'system:node' } },
  ],
  ['#page=history&revision=12&with=a+b%26', { page: 'history', params: { revision: '12', with: 'a b&' } }],
  ['#', {}],
])('%s is read, and written again', (hash, wanted) => {
  const route = parse(hash);
  expect(route).toMatchObject({ params: {}, ...wanted });
  expect(hrefOf(route)).toBe(hash);
});

test('what is no object, and what is empty, selects nothing', () => {
  for (const hash of ['#show=pods', '#show=pods/shop/', '#show=/a/b', '#namespace=']) {
    expect(parse(hash)).toMatchObject({ selected: undefined, namespace: undefined });
  }
});

test('a parameter of a page takes no place of the route', () => {
  expect(hrefOf(parse('#cluster=a') && { cluster: 'a', params: { cluster: 'b', revision: '' } })).toBe('#cluster=a');
});
