import { expect, test } from 'vitest';
import { configMap as aConfigMap, secret as aSecret } from '../../testing/objects.ts';
import { created, createErrors, updateErrors } from '../../testing/strategy.ts';
import { configMap } from './config-map.ts';
import { secret } from './secret.ts';

test("a secret's text becomes data, and wins", () => {
  const { data, stringData, type } = created(
    secret,
    aSecret({ data: { a: 'YQ==', b: 'Yg==' }, stringData: { a: 'hé' } }),
  );
  expect({ data, stringData, type }).toMatchObject({ data: { a: 'aMOp', b: 'Yg==' }, type: 'Opaque' });
  expect(stringData).toBeUndefined();
});

test.each<[string, Parameters<typeof aSecret>[0], string[]]>([
  ['no certificate', { type: 'kubernetes.io/tls' }, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
  [
    'a blank in a key',
    { data: { 'a b': 'YQ==' } },
    [expect.stringMatching(/^data\[a b\]: Invalid value: "a b": a valid config key must/) as unknown as string],
  ],
  ['too much data', { data: { big: 'A'.repeat(1_400_000) } }, ['data: Too long: may not be more than 1048576 bytes']],
  [
    'no account',
    { type: 'kubernetes.io/service-account-token' },
    ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  ],
])('a secret with %s is refused', (_, parts, errors) => {
  expect(createErrors(secret, aSecret(parts))).toEqual(errors);
});

test('a type with the name of an Object.prototype member is a type like any other', () => {
  expect(createErrors(secret, aSecret({ type: 'constructor' }))).toEqual([]);
});

test('an immutable ConfigMap or Secret stays as it is', () => {
  const immutable = aConfigMap({ immutable: true });
  const detail = 'Forbidden: field is immutable when `immutable` is set';
  expect(updateErrors(configMap, immutable, (next) => Object.assign(next, { data: {} }))).toEqual([`data: ${detail}`]);
  expect(updateErrors(configMap, immutable, (next) => Object.assign(next, { immutable: false }))).toEqual([
    `immutable: ${detail}`,
  ]);
  expect(updateErrors(secret, aSecret(), (next) => Object.assign(next, { type: 'x' }))).toEqual([
    'type: Invalid value: "x": field is immutable',
  ]);
});

test.each([
  ['x', "invalid character 'x' looking for beginning of value"],
  ['[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['"a"', 'json: cannot unmarshal string into Go value of type map[string]interface {}'],
])('the configuration %s of a registry is told in the words of Go, without itself', (text, why) => {
  const data = { '.dockerconfigjson': btoa(text) };
  expect(createErrors(secret, aSecret({ type: 'kubernetes.io/dockerconfigjson', data }))).toEqual([
    `data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": ${why}`,
  ]);
});
