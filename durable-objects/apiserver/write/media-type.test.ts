import { expect, test } from 'vitest';
import type { ConfigMap } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MAPS } from '../testing/objects.ts';

const YAML = { 'content-type': 'application/yaml' };

test('a key that is repeated is an error where the client wants to be strict, and a warning otherwise', async () => {
  const { call } = await testApi();
  const body = 'metadata: {name: a}\ndata:\n  a: "1"\n  a: "2"\n  b:\n  b: |\n    x\n  on: x\n  on: "y"\n';
  const strict = await call(`POST ${MAPS}?fieldValidation=Strict`, { headers: YAML, body });
  expect([strict.status, strict.body.message]).toEqual([
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 4: key "a" already set in map\n  line 6: key "b" already set in map\n  line 9: key true already set in map',
  ]);
  const lenient = await call<ConfigMap>(`POST ${MAPS}`, { headers: YAML, body });
  expect([lenient.status, lenient.body.data]).toEqual([201, { a: '2', b: 'x\n', true: 'y' }]);
  expect(lenient.headers.warning).toBe(
    '299 - "line 4: key \\"a\\" already set in map", 299 - "line 6: key \\"b\\" already set in map", 299 - "line 9: key true already set in map"',
  );
});

test.each([
  ['a: "\u007f"', 'yaml: control characters are not allowed', '613a20227f22'],
  ['{"a": "\u007f"}', 'yaml: control characters are not allowed', '{"a": "\u007f"}'],
  ['a: .inf', 'json: unsupported value: +Inf', '613a202e696e66'],
])('YAML that is none is told with the kind that it should have been: %j', async (body, why, shown) => {
  const { call } = await testApi();
  const told = async (line: string) => (await call(line, { headers: YAML, body })).body.message;
  const message = (kind: string) => `the object provided is unrecognized (must be of type ${kind}): ${why} (${shown})`;
  expect(await told(`POST ${MAPS}`)).toBe(message('ConfigMap'));
  expect(await told('POST /api/v1/namespaces/default/pods/a/binding')).toBe(message('Binding'));
  expect(await told(`DELETE ${MAPS}/a`)).toBe(why);
});
