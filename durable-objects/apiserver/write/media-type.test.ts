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
