/** Strict decoding, as in upstream's `test/integration/apiserver/field_validation_test.go`. */
import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, JSON_PATCH, MAPS, MERGE } from '../testing/objects.ts';

const JSON_BODY = `{"metadata":{"name":"web","name":"web","unknownMeta":1},"spec":{"unknown1":1,"unknownDupe":1,"unknownDupe":2,
  "paused":true,"paused":false,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
  "spec":{"containers":[{"name":"web","image":"nginx","unknownNested":1,"imagePullPolicy":"Always","imagePullPolicy":"Never"}]}}}}`;
const YAML_BODY = `metadata:
  name: web
  name: web
  unknownMeta: 1
spec:
  unknown1: 1
  paused: true
  paused: false
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web
        image: nginx
        unknownNested: 1
`;
const UNKNOWN = [
  'unknown field "metadata.unknownMeta"',
  'unknown field "spec.template.spec.containers[0].unknownNested"',
  'unknown field "spec.unknown1"',
];
const PREFIX = 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ';

const warningsOf = (headers: Record<string, string>): string[] =>
  [...(headers.warning ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll('\\"', '"'),
  );

test('repeated and unknown fields are told in the order of the text', async () => {
  const { call } = await testApi();
  const found = [
    'duplicate field "metadata.name"',
    'unknown field "metadata.unknownMeta"',
    'unknown field "spec.unknown1"',
    'unknown field "spec.unknownDupe"',
    'duplicate field "spec.paused"',
    'unknown field "spec.template.spec.containers[0].unknownNested"',
    'duplicate field "spec.template.spec.containers[0].imagePullPolicy"',
  ];
  const strict = await call(`POST ${DEPLOYMENTS}?fieldValidation=Strict`, { body: JSON_BODY });
  expect([strict.status, strict.body.message]).toEqual([400, PREFIX + found.join(', ')]);
  const warned = await call(`POST ${DEPLOYMENTS}`, { body: JSON_BODY });
  expect([warned.status, warningsOf(warned.headers)]).toEqual([201, found]);
});

test('of YAML the repeated keys come first, by their lines, and then the unknown fields in the order of their names', async () => {
  const { call } = await testApi();
  const headers = { 'content-type': 'application/yaml' };
  const repeated = ['line 3: key "name" already set in map', 'line 8: key "paused" already set in map'];
  const strict = await call(`POST ${DEPLOYMENTS}?fieldValidation=Strict`, { body: YAML_BODY, headers });
  const told = [`yaml: unmarshal errors:\n  ${repeated.join('\n  ')}`, ...UNKNOWN].join(', ');
  expect([strict.status, strict.body.message]).toEqual([400, PREFIX + told]);
  const warned = await call(`POST ${DEPLOYMENTS}`, { body: YAML_BODY, headers });
  expect([warned.status, warningsOf(warned.headers)]).toEqual([201, [...repeated, ...UNKNOWN]]);
  const asJson = await call(`POST ${MAPS}?fieldValidation=Strict`, { body: '{"data":{"a":"1","a":"2"}}', headers });
  expect(asJson.body.message).toContain('yaml: unmarshal errors:\n  line 1: key "a" already set in map');
});

test.each([
  ['application/merge-patch+json', 'duplicate field "data.a"'],
  ['application/strategic-merge-patch+json', 'duplicate field "data.a"'],
])('a key that is repeated in a patch is told for %s, before what is unknown in the outcome', async (type, problem) => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a', { a: '0' }));
  const headers = { 'content-type': type };
  const body = '{"data":{"a":"1","a":"2"},"extra":1}';
  const strict = await call(`PATCH ${MAPS}/a?fieldValidation=Strict`, { body, headers });
  expect(strict.status).toBe(422);
  expect(strict.body.message).toMatch(/: strict decoding error: duplicate field "data.a", unknown field "extra"$/);
  const warned = await call(`PATCH ${MAPS}/a`, { body, headers });
  expect([warned.status, warningsOf(warned.headers)]).toEqual([200, [problem, 'unknown field "extra"']]);
  const known = await call(`PATCH ${MAPS}/a?fieldValidation=Strict`, { body: '{"data":{"a":"3","a":"4"}}', headers });
  expect(known.body.message).toMatch(/: strict decoding error: duplicate field "data.a"$/);
  const ignored = await call(`PATCH ${MAPS}/a?fieldValidation=Ignore`, { body, headers });
  expect([ignored.status, warningsOf(ignored.headers)]).toEqual([200, []]);
});

test('operations of a JSON patch have four fields, each once', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a', { a: '0' }));
  const body =
    '[{"op":"replace","path":"/data/a","value":"1","foo":"bar"},{"op":"add","path":"/x","path":"/data/b","value":"2"}]';
  const headers = { 'content-type': 'application/json-patch+json' };
  const problems = ['json patch unknown field "[0].foo"', 'json patch duplicate field "[1].path"'];
  const strict = await call(`PATCH ${MAPS}/a?fieldValidation=Strict`, { body, headers });
  expect(strict.body.message?.endsWith(`: strict decoding error: ${problems.join(', ')}`)).toBe(true);
  const warned = await call(`PATCH ${MAPS}/a`, { body, headers });
  expect([warned.status, warningsOf(warned.headers)]).toEqual([200, problems]);
});

test('fields that a patch adds and the kind lacks are told in the order of their keys', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const body = { z: 1, spec: { z: 1, a: 1, template: { spec: { z: 1, b: 1 } } }, a: 1, 'spec-x': 1 };
  const told = 'a spec.a spec.template.spec.b spec.template.spec.z spec.z spec-x z'.split(' ');
  const merged = await call(`PATCH ${DEPLOYMENTS}/web?dryRun=All`, { body, headers: MERGE });
  const errors = told.map((path) => `unknown field "${path}"`);
  expect(merged.headers.warning).toBe(errors.map((error) => `299 - ${JSON.stringify(error)}`).join(', '));
  const operations = ['/z', '/spec/z', '/spec/a', '/a'].map((path) => ({ op: 'add', path, value: 1 }));
  const url = `PATCH ${DEPLOYMENTS}/web?fieldValidation=Strict`;
  const patched = await call(url, { body: operations, headers: JSON_PATCH });
  const found = ['a', 'spec.a', 'spec.z', 'z'].map((path) => `unknown field "${path}"`);
  expect(patched.body.message).toContain(`strict decoding error: ${found.join(', ')}`);
});
