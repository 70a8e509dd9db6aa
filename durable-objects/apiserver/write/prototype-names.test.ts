import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { testApi } from '../testing/harness.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const FOOS = '/apis/x.io/v1/namespaces/default/foos';
const ITEMS = '"items":{"type":"object","required":["__proto__"],"properties":{"__proto__":{"type":"string"}}}';
const LIST = `{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["__proto__"],${ITEMS}}`;
const OPEN = '"x-kubernetes-preserve-unknown-fields":true';

async function apiWithFoos() {
  const api = await testApi();
  const schema = JSON.parse(
    `{"openAPIV3Schema":{"type":"object",${OPEN},"properties":{"spec":{"type":"object","properties":{"list":${LIST}}}}}}`,
  );
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } };
  const names = { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' };
  const spec = { group: 'x.io', scope: 'Namespaced', names, versions: [version] };
  const made = await api.create<{ spec: never }>(DEFINITIONS, { metadata: { name: 'foos.x.io' }, spec });
  api.kinds.define('foos.x.io', customKinds(made.spec));
  return api;
}

const foo = (rest: string) => `{"apiVersion":"x.io/v1","kind":"Foo","metadata":{"name":"a"}${rest}}`;

test('a status is written without what else the request holds, whatever that is called', async () => {
  const api = await apiWithFoos();
  const { metadata } = await api.create(FOOS, foo(',"__proto__":{"a":1},"toString":"kept"'));
  const version = `"name":"a","resourceVersion":"${metadata.resourceVersion}"`;
  const body = foo(',"status":{"b":2},"constructor":"new","__proto__":{"c":3}').replace('"name":"a"', version);
  const { text } = await api.call(`PUT ${FOOS}/a/status`, { body });
  expect(text).toContain('"status":{"b":2}');
  expect(text).toContain('"__proto__":{"a":1}');
  expect(text).toContain('"toString":"kept"');
  expect(text).not.toContain('"constructor"');
});

test('items are told apart by a key that is called so, in apply, too', async () => {
  const api = await apiWithFoos();
  const apply = (manager: string, list: string) =>
    api.call(`PATCH ${FOOS}/a?fieldManager=${manager}`, {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: foo(`,"spec":{"list":${list}}`),
    });
  expect((await apply('one', '[{"__proto__":"a"}]')).status).toBe(201);
  const { status, text } = await apply('two', '[{"__proto__":"b"}]');
  expect(status).toBe(200);
  expect(text).toContain('"list":[{"__proto__":"a"},{"__proto__":"b"}]');
  expect(text).toContain(JSON.stringify('k:{"__proto__":"b"}'));
});
