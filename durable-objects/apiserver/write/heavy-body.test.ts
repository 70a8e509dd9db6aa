import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { isHeavyBody } from './heavy-body.ts';

const JSON_PATCH = 'application/json-patch+json';
const isHeavy = (body: string, type = 'application/json') =>
  isHeavyBody({ body, header: (name) => (name === 'content-type' ? type : undefined) });

test('bodies that nest deep, are wide, or make what is stored deep are heavy, and others are not', () => {
  const object = JSON.stringify({ metadata: { name: 'a', labels: { a: '['.repeat(500) } }, data: { copy: 'copy' } });
  for (const type of ['application/json', 'application/yaml']) expect(isHeavy(object, type)).toBe(false);
  expect(isHeavy(`${'['.repeat(101)}${']'.repeat(101)}`)).toBe(true);
  expect(isHeavy(`[${'0,'.repeat(10_001)}0]`)).toBe(true);
  expect(isHeavy('[{"op":"replace","path":"/data/a","value":"b"}]', JSON_PATCH)).toBe(false);
  expect(isHeavy('[{"op":"copy","from":"/data","path":"/data/a"}]', JSON_PATCH)).toBe(true);
  expect(isHeavy(`[{"op":"add","path":"${'/a'.repeat(100)}","value":1}]`, JSON_PATCH)).toBe(true);
  expect(isHeavy(`a:\n${' '.repeat(100)}b: 1\n`, 'application/yaml')).toBe(true);
  expect(isHeavy('')).toBe(false);
});

test('a stack that overflows is the fault of a heavy body, or of the server', async () => {
  const overflow = (): never => {
    throw new RangeError('Maximum call stack size exceeded');
  };
  const { call, reported } = await testApi({ extension: overflow });
  const plain = await call('POST /islet/v1/x', { body: { a: 1 } });
  expect([plain.status, plain.body.reason, reported.length]).toEqual([500, 'InternalError', 1]);
  expect((await call('GET /islet/v1/x')).status).toBe(500);
  const heavy = await call('POST /islet/v1/x', { body: `${'{"a":'.repeat(200)}1${'}'.repeat(200)}` });
  expect([heavy.status, heavy.body.reason, reported.length]).toEqual([413, 'RequestEntityTooLarge', 2]);
});
