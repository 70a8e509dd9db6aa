import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';
import { indent } from './pretty.ts';

test.each([
  {},
  [],
  { a: {}, b: [], c: [{}, [], [[1]]], d: 'x"y\\', 'e:{': [1.5e30, true, null, ''] },
  [[[]], { a: { b: [{ c: '}' }, 1] } }],
])('%j is printed with line breaks', (value) => {
  const compact = JSON.stringify(value);
  expect([...indent([compact])].join('')).toBe(JSON.stringify(value, null, 2));
  // Tokens apart.
  expect([...indent(compact.match(/"(?:[^"\\]|\\.)*"|[^"{}[\],:]+|./g) ?? [])].join('')).toBe(
    JSON.stringify(value, null, 2),
  );
});

test('curl, wget, browsers and explicit requests get line breaks', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const read = async (line: string, headers: Record<string, string> = {}) => {
    const { text } = await call(line, { headers });
    return text === JSON.stringify(JSON.parse(text), null, 2);
  };
  const line = `GET ${MAPS}/a`;
  expect(await read(line)).toBe(false);
  expect(await read(line, { 'user-agent': 'kubectl/v1.36.3 (linux/amd64)' })).toBe(false);
  const curl = { 'user-agent': 'curl/8.5.0' };
  for (const path of [line, `GET ${MAPS}`, `GET ${MAPS}/none`, 'GET /apis', 'GET /apis/apps/v9']) {
    expect(await read(path, curl)).toBe(true);
  }
  expect(await read(line, { 'user-agent': 'Mozilla/5.0 (X11)' })).toBe(true);
  expect(await read(`${line}?pretty=true`)).toBe(true);
  expect(await read(`${line}?pretty=false`, curl)).toBe(false);
  expect(await read(line, { accept: 'application/json;pretty=1' })).toBe(true);
});
