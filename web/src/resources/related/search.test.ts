import { expect, test } from 'vitest';
import { targetOf } from '../actions/testing.ts';
import { searchOwned } from './search.ts';

test('all kinds are listed but those that cannot be, and what they own back is found', async () => {
  const kind = (plural: Parameters<typeof targetOf>[0], verbs = ['list']) => ({
    ...targetOf(plural, '').resource,
    verbs,
  });
  const kinds = [kind('pods'), kind('deployments'), kind('nodes'), kind('cronjobs', ['create']), kind('widgets')];
  const owner = { ownerReferences: [{ apiVersion: 'v1', kind: 'Widget', name: 'blue', uid: 'uid-of-blue' }] };
  const asked: string[] = [];
  const api = {
    get: async (path: string) => {
      asked.push(path);
      if (path.endsWith('/deployments')) throw new Error('forbidden');
      if (!path.endsWith('/pods')) return { items: null };
      return { items: [{ metadata: { name: 'a', namespace: 'shop', ...owner } }, { metadata: { name: 'b' } }] };
    },
  };
  const { resource, object } = targetOf('widgets', 'blue');
  expect(await searchOwned(api as never, kinds, resource, object)).toEqual([
    { resource: 'pods', namespace: 'shop', name: 'a' },
  ]);
  expect(asked.sort()).toEqual([
    '/api/v1/namespaces/shop/pods',
    '/apis/apps/v1/namespaces/shop/deployments',
    '/apis/example.com/v1/namespaces/shop/widgets',
  ]);
});
