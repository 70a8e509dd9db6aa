/** Whole numbers of 64 bits keep their digits on every way through the server. */
import { expect, test } from 'vitest';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { testApi } from './testing/harness.ts';
import { APPLY, MERGE, PODS, TABLE } from './testing/objects.ts';

const NANOS = '1700000000123456789';
const MAX = '9223372036854775807';
const SPANS = '/apis/x.io/v1/namespaces/default/spans';
const YAML = { 'content-type': 'application/yaml' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };

const integer = { type: 'integer' };
const properties = {
  at: { ...integer, minimum: 1, enum: [1, BigInt(NANOS), BigInt(MAX)], default: BigInt(NANOS) },
  odd: { ...integer, 'x-kubernetes-validations': [{ rule: 'self % 2 == 1 && string(self).endsWith("9")' }] },
  small: { ...integer, format: 'int32' },
  float: { type: 'number' },
  set: { type: 'array', items: integer, 'x-kubernetes-list-type': 'set' },
  any: { 'x-kubernetes-preserve-unknown-fields': true },
  text: { type: 'string', maxLength: BigInt(MAX), 'x-kubernetes-validations': [{ rule: 'self != "no"' }] },
};
const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } };
const additionalPrinterColumns = [{ name: 'At', type: 'integer', jsonPath: '.spec.at' }];

async function apiWithSpans() {
  const api = await testApi();
  const version = { name: 'v1', served: true, storage: true, schema, additionalPrinterColumns };
  const names = { plural: 'spans', singular: 'span', kind: 'Span', listKind: 'SpanList' };
  const spec = { group: 'x.io', scope: 'Namespaced', names, versions: [version] };
  const made = await api.call('POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    body: { metadata: { name: 'spans.x.io' }, spec },
  });
  expect(made.text).toContain(`"maxLength":${MAX}`);
  api.kinds.define('spans.x.io', customKinds(parseExact<{ spec: never }>(made.text).spec));
  const span = (fields: string): string =>
    `{"apiVersion":"x.io/v1","kind":"Span","metadata":{"name":"a"},"spec":{${fields}}}`;
  const specOf = async (line: string, options?: object): Promise<string> => {
    const { text } = await api.call(line, options);
    return /"spec":(\{.*\})\}/.exec(text)?.[1] ?? /"message":"(.*?[^\\])"/.exec(text)?.[1] ?? text;
  };
  return { ...api, span, specOf };
}

test('a custom resource keeps the digits of its numbers when it is created, patched, applied and read', async () => {
  const { call, span, specOf } = await apiWithSpans();
  const fields = `"any":{"list":[${NANOS},-${NANOS}]},"at":${MAX},"set":[9007199254740993,9007199254740995]`;
  expect(await specOf(`POST ${SPANS}`, { body: span(fields) })).toBe(`{${fields}}`);
  const body = `{"spec":{"any":{"x":${NANOS}}}}`;
  expect(await specOf(`PATCH ${SPANS}/a`, { headers: MERGE, body })).toContain(`-${NANOS}],"x":${NANOS}}`);
  expect(await specOf(`GET ${SPANS}/a`)).toContain(`"at":${MAX}`);
  expect((await call(`GET ${SPANS}/a`, { headers: { accept: 'application/yaml' } })).text).toContain(`at: ${MAX}\n`);
  expect((await call(`GET ${SPANS}`, { headers: TABLE })).text).toContain(`"cells":["a",${MAX}]`);
  const test = (value: string): string => `[{"op":"test","path":"/spec/any/x","value":${value}}]`;
  expect((await call(`PATCH ${SPANS}/a`, { headers: JSON_PATCH, body: test(NANOS) })).status).toBe(200);
  const other = NANOS.replace(/9$/, '8');
  expect((await call(`PATCH ${SPANS}/a`, { headers: JSON_PATCH, body: test(other) })).status).toBe(422);
  const applied = `PATCH ${SPANS}/a?fieldManager=m`;
  expect((await call(applied, { headers: APPLY, body: span(`"at":${NANOS}`) })).status).toBe(409);
  expect(await specOf(applied, { headers: APPLY, body: span(`"at":${MAX},"set":[9007199254740997]`) })).toContain(
    '"set":[9007199254740993,9007199254740995,9007199254740997]',
  );
});

test('an update with the same digits changes nothing, and one with others does', async () => {
  const { call, span } = await apiWithSpans();
  const version = async (line: string, body: string, headers = {}): Promise<string | undefined> =>
    (await call(line, { headers, body })).body.metadata?.resourceVersion;
  const before = await version(`POST ${SPANS}`, span(`"any":${NANOS}`));
  const patch = (any: string) => version(`PATCH ${SPANS}/a`, `{"spec":{"any":${any}}}`, MERGE);
  expect(await patch(NANOS)).toBe(before);
  expect(await patch(NANOS.replace(/9$/, '8'))).not.toBe(before);
});

test.each([
  [
    '"at":1700000000123456788',
    'Unsupported value: 1700000000123456788: supported values: \\"1\\", \\"1700000000123456789\\"',
  ],
  [`"odd":${NANOS}`, `{"odd":${NANOS},`],
  ['"odd":1700000000123456788', 'Invalid value: 1700000000123456788: failed rule'],
  [`"small":${NANOS}`, 'Checked value must be of type integer with format int32 in spec.small'],
  ['"small":9223372036854775808', 'must be of type int32: \\"float64\\"'],
  [`"float":${NANOS}`, `{"float":${NANOS},"at":${NANOS}}`],
  ['"set":[9007199254740993,9007199254740993]', 'spec.set[1]: Duplicate value: 9007199254740993'],
  ['"text":"yes"', '{"text":"yes",'],
])('of a schema with rules, %s is answered with %s', async (fields, answer) => {
  const { span, specOf } = await apiWithSpans();
  expect(await specOf(`POST ${SPANS}?dryRun=All`, { body: span(fields) })).toContain(answer);
});

test('numbers of YAML keep their digits, and a float beyond all is a text', async () => {
  const { specOf } = await apiWithSpans();
  const body = `{apiVersion: x.io/v1, kind: Span, metadata: {name: a}, spec: {any: [${NANOS}, 0x17979cfe3bb31915, 1e400]}}`;
  expect(await specOf(`POST ${SPANS}`, { headers: YAML, body })).toBe(
    `{"any":[${NANOS},1700000000092870933,"1e400"],"at":${NANOS}}`,
  );
});

test('an integer of a built-in kind takes all of 64 bits', async () => {
  const { call, reported } = await testApi();
  const seconds = `"effect":"NoExecute","key":"a","operator":"Exists","tolerationSeconds":${MAX}`;
  const spec = `"terminationGracePeriodSeconds":${MAX},"tolerations":[{${seconds}}],"nodeName":"n"`;
  const body = `{"metadata":{"name":"a"},"spec":{${spec},"containers":[{"name":"c","image":"i"}]}}`;
  const made = await call(`POST ${PODS}`, { body });
  expect(made.text).toContain(`"tolerationSeconds":${MAX}`);
  const { text } = await call(`DELETE ${PODS}/a`, { body: `{"gracePeriodSeconds":${MAX}}` });
  expect(text).toContain(`"deletionGracePeriodSeconds":${MAX}`);
  expect(reported).toEqual([]);
});
