import { expect, test } from 'vitest';
import { jsonOf } from './json.ts';

test('more bytes than arguments fit on the stack become base64', () => {
  expect(jsonOf(new Uint8Array(300_000))).toBe('A'.repeat(400_000));
});
