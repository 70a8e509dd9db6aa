import { expect, test } from 'vitest';
import { Api } from '../../api/request.ts';
import { Catalog, objectPath } from './catalog.ts';

const gvk = (group: string, version: string, kind: string) => ({
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});

function open() {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    '/api': {
      items: [
        {
          metadata: {},
          versions: [
            {
              version: 'v1',
              resources: [
                { resource: 'pods', scope: 'Namespaced', verbs: ['get'], responseKind: { kind: 'Pod', version: 'v1' } },
              ],
            },
          ],
        },
      ],
    },
    '/apis': {
      items: [
        {
          metadata: { name: 'shop.dev' },
          versions: [
            {
              version: 'v1',
              resources: [{ resource: 'carts', scope: 'Cluster', verbs: [], responseKind: { kind: 'Cart' } }],
            },
          ],
        },
      ],
    },
    '/openapi/v3': { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' } } },
    '/openapi/v3/api/v1?hash=1': { components: { schemas: { a: {}, b: { type: 'object', ...gvk('', 'v1', 'Pod') } } } },
    '/openapi/v3/apis/shop.dev/v1?hash=2': { components: { schemas: { Cart: gvk('shop.dev', 'v1', 'Cart') } } },
  };
  const fetcher = async (path: string | URL | Request) => {
    asked.push(String(path));
    return new Response(JSON.stringify(answers[String(path)]));
  };
  const clock = { now: 0 };
  const catalog = new Catalog(new Api('', fetcher as typeof fetch), () => clock.now);
  return { asked, answers, clock, catalog };
}

test('kinds of all groups, read once in a while', async () => {
  const { catalog, asked, clock } = open();
  const pod = await catalog.kind('v1', 'Pod');
  expect(pod).toEqual({ apiVersion: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs: ['get'] });
  expect(objectPath(pod!, 'a b', 'x')).toBe('/api/v1/namespaces/a%20b/pods/x');
  const cart = await catalog.kind('shop.dev/v1', 'Cart');
  expect(objectPath(cart!, 'any')).toBe('/apis/shop.dev/v1/carts');
  expect(await catalog.kind('v1', 'Cart')).toBeUndefined();
  expect(asked).toEqual(['/api', '/apis']);
  clock.now = 11_000;
  await catalog.kind('v1', 'Pod');
  await catalog.kind('v1', 'Pod', true);
  expect(asked).toHaveLength(6);
});

test('a kind’s schema, and that of one that is defined meanwhile', async () => {
  const { catalog, asked, clock, answers } = open();
  expect((await catalog.schema('v1', 'Pod'))?.schema.type).toBe('object');
  expect(await catalog.schema('v1', 'Nothing')).toBeUndefined();
  expect(await catalog.schema('shop.dev/v1', 'Cart')).toBeUndefined();
  const { paths } = answers['/openapi/v3'] as { paths: Record<string, unknown> };
  paths['apis/shop.dev/v1'] = { serverRelativeURL: '/openapi/v3/apis/shop.dev/v1?hash=2' };
  clock.now = 11_000;
  expect(await catalog.schema('shop.dev/v1', 'Cart')).toBeDefined();
  expect(asked.filter((path) => path.includes('api/v1?'))).toHaveLength(1);
});
