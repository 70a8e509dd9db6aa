import { expect, test } from 'vitest';
import { Api } from '../../api/request.ts';
import { Catalog } from '../schema/catalog.ts';
import { readText } from './read.ts';
import { failures, isApplicable, Work } from './work.ts';

const TEXT = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: shop}
data: {a: b}
---
apiVersion: shop.dev/v1
kind: Cart
metadata: {name: c}
`;
const DEFINITION = `
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: carts.shop.dev}
spec: {group: shop.dev, names: {kind: Cart}}
---
apiVersion: shop.dev/v1
kind: Cart
metadata: {name: c}
`;

const status = (code: number, rest: object) => new Response(JSON.stringify({ code, ...rest }), { status: code });

/** A server with namespaces, and custom kinds once they are defined. */
function server() {
  const objects = new Map<string, object>();
  const order: string[] = [];
  let conflict = false;
  const resource = (name: string, kind: string, scope: string) => ({
    resource: name,
    scope,
    verbs: ['get', 'create'],
    responseKind: { kind },
  });
  const fetcher = async (address: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const [path = '', query = ''] = String(address).split('?');
    const core = [resource('namespaces', 'Namespace', 'Cluster'), resource('configmaps', 'ConfigMap', 'Namespaced')];
    if (path === '/api') return Response.json({ items: [{ versions: [{ version: 'v1', resources: core }] }] });
    if (path === '/apis') {
      const extensions = [resource('customresourcedefinitions', 'CustomResourceDefinition', 'Cluster')];
      const items = [
        { metadata: { name: 'apiextensions.k8s.io' }, versions: [{ version: 'v1', resources: extensions }] },
      ];
      if ([...objects.keys()].some((key) => key.includes('customresourcedefinitions/'))) {
        const carts = [resource('carts', 'Cart', 'Namespaced')];
        items.push({ metadata: { name: 'shop.dev' }, versions: [{ version: 'v1', resources: carts }] });
      }
      return Response.json({ items });
    }
    const namespace = /\/namespaces\/([^/]+)\/./.exec(path)?.[1];
    if (init?.method === 'GET') return objects.has(path) ? Response.json(objects.get(path)) : status(404, {});
    if (namespace && namespace !== 'default' && !objects.has(`/api/v1/namespaces/${namespace}`)) {
      return status(404, { message: 'namespaces "shop" not found', details: { kind: 'namespaces' } });
    }
    if (conflict && !query.includes('force')) {
      const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.a' }];
      return status(409, { message: 'Apply failed', details: { causes } });
    }
    const body = JSON.parse(String(init?.body)) as { metadata: object };
    const made = { ...body, metadata: { ...body.metadata, resourceVersion: String(order.length + 1) } };
    if (!query.includes('dryRun')) {
      objects.set(path, made);
      order.push(path.split('/').at(-1) ?? '');
    }
    return Response.json(made, { status: 201 });
  };
  const api = new Api('', fetcher as typeof fetch);
  const sleep = async () => {};
  const work = new Work({ api, catalog: new Catalog(api), read: async (text) => readText(text), sleep });
  const outcomes = () => [...work.outcomes.value].toSorted(([a], [b]) => a - b).map(([, { outcome }]) => outcome);
  return { work, order, outcomes, setConflict: (value: boolean) => (conflict = value) };
}

test('a check says what would be made, what waits and what can’t be; nothing is changed', async () => {
  const { work, order, outcomes } = server();
  await work.check(TEXT, 'default');
  expect(outcomes()).toEqual(['create', 'waits', 'unknown-kind']);
  expect(isApplicable(work.outcomes.value)).toBe(false);
  expect(order).toEqual([]);
  expect(work.phase.value).toBe('checked');
});

test('all is applied in the order of the text, and what waited comes after what it waited for', async () => {
  const { work, order, outcomes } = server();
  const text = TEXT.slice(0, TEXT.lastIndexOf('---')) + DEFINITION.replace('\n---\n', '---\n');
  await work.check(text, 'default');
  expect(outcomes()).toEqual(['create', 'waits', 'create', 'waits']);
  expect(isApplicable(work.outcomes.value)).toBe(true);
  await work.apply();
  expect(outcomes()).toEqual(['created', 'created', 'created', 'created']);
  expect(order).toEqual(['shop', 'a', 'carts.shop.dev', 'c']);
  await work.check(text, 'default');
  expect(outcomes()).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
  expect(isApplicable(work.outcomes.value)).toBe(false);
});

test('a conflict names the managers, whose fields can be taken over', async () => {
  const { work, outcomes, setConflict } = server();
  setConflict(true);
  await work.check('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n', 'default');
  expect(work.outcomes.value.get(0)).toEqual({
    outcome: 'conflict',
    managers: [{ manager: 'kubectl', fields: ['.data.a'] }],
  });
  expect(failures(work.outcomes.value)).toBe(1);
  await work.takeOver(work.items.value[0]!);
  expect(outcomes()).toEqual(['create']);
  await work.apply();
  expect(outcomes()).toEqual(['created']);
});

test('another text is another run', async () => {
  const { work } = server();
  await work.check(TEXT, 'default');
  work.forget();
  expect([work.phase.value, work.items.value, work.outcomes.value.size]).toEqual(['writing', [], 0]);
});
