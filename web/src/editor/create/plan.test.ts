import { expect, test } from 'vitest';
import { elsewhere, lackOf, planOf, waitsFor } from './plan.ts';
import { readText } from './read.ts';

const kind = (apiVersion: string, name: string, namespaced = true) => ({
  apiVersion,
  kind: name,
  resource: '',
  namespaced,
  verbs: [],
});

const TEXT = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
# nothing but a comment
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {generateName: b-}}
---
{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "carts.shop.dev"},
 "spec": {"group": "shop.dev", "names": {"kind": "Cart"}}}
---
apiVersion: shop.dev/v1
kind: Cart
metadata: {name: c}
---
kind: Pod
`;

test('objects of all documents, Lists and JSON, with their places', () => {
  const { objects, unreadable } = readText(TEXT);
  expect(unreadable).toEqual([]);
  const items = planOf(objects, 'default');
  expect(items.map(({ kind, namespace, name, steps }) => [kind, namespace, name, steps.join('.')])).toEqual([
    ['Namespace', 'default', 'shop', ''],
    ['ConfigMap', 'shop', 'a', 'items.0'],
    ['ConfigMap', 'default', 'b-…', 'items.1'],
    ['CustomResourceDefinition', 'default', 'carts.shop.dev', ''],
    ['Cart', 'default', 'c', ''],
    ['Pod', 'default', '', ''],
  ]);
  expect(TEXT.slice(items[4]?.from)).toMatch(/^apiVersion: shop.dev/);
  expect(items.map(lackOf)).toEqual([undefined, undefined, undefined, undefined, undefined, 'apiVersion']);
});

test('what waits for a Namespace or a definition that comes before it', () => {
  const items = planOf(readText(TEXT).objects, 'default');
  const [namespace, map, other, definition, cart] = items;
  expect(waitsFor(map!, items, kind('v1', 'ConfigMap'))).toBe(namespace);
  expect(waitsFor(other!, items, kind('v1', 'ConfigMap'))).toBeUndefined();
  expect(waitsFor(cart!, items, undefined)).toBe(definition);
  expect(waitsFor({ ...cart!, id: 2 }, items, undefined)).toBeUndefined();
  expect(elsewhere({ ...cart!, kind: 'deployment' }, [kind('apps/v1', 'Deployment')])).toBe('apps/v1');
});

test('what can’t be read, in the place of the whole text; what is no object lacks all', () => {
  const { objects, unreadable } = readText('a: 1\n---\nb: [\n---\n- 1\n');
  expect(unreadable).toMatchObject([{ from: 9, problems: [{ message: expect.stringContaining('Flow') }] }]);
  expect(unreadable[0]?.problems[0]?.from).toBeGreaterThan(9);
  expect(planOf(objects, '').map(lackOf)).toEqual(['apiVersion', 'apiVersion']);
});
