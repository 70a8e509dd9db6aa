import { expect, test } from 'vitest';
import { testApi } from './testing/harness.ts';
import { MAPS } from './testing/objects.ts';
import { warningHeader } from './warnings.ts';

test('each warning comes once, on one line', () => {
  expect(warningHeader([])).toBeUndefined();
  expect(warningHeader(['a "b" \\', 'c\nd', 'a "b" \\'])).toBe('299 - "a \\"b\\" \\\\", 299 - "c d"');
});

test('a long warning stays whole as long as there is room for all', () => {
  expect(warningHeader(['x'.repeat(4096)])).toBe(`299 - "${'x'.repeat(4096)}"`);
  expect(warningHeader(['x'.repeat(4090), 'y'.repeat(7)])).toBe(`299 - "${'x'.repeat(256)}", 299 - "yyyyyyy"`);
  // A character is cut off as a whole.
  expect(warningHeader(['😀'.repeat(3000)])).toBe(`299 - "${'😀'.repeat(256)}"`);
});

test.each([
  ['repeated keys', 'application/json', `{"metadata":{"name":"a"},"data":{${pairs('"k#":"a","k#":"b"', ',')}}}`],
  ['repeated keys in YAML', 'application/yaml', `metadata: {name: a}\ndata:\n${pairs('  k#: a\n  k#: b\n', '')}`],
])('thousands of %s fit into a header', async (_, type, body) => {
  const { call } = await testApi();
  const { status, headers } = await call(`POST ${MAPS}`, { body, headers: { 'content-type': type } });
  expect(status).toBe(201);
  expect(headers.warning?.length).toBeGreaterThan(4000);
  expect(headers.warning?.length).toBeLessThan(8000);
});

function pairs(pattern: string, separator: string): string {
  return Array.from({ length: 5000 }, (_, i) => pattern.replaceAll('#', String(i))).join(separator);
}
