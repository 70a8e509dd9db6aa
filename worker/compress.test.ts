import { expect, test } from 'vitest';
import { compressed } from './compress.ts';
import type { EdgeResponse } from './env.ts';

const answer = (size: number | undefined, headers: Record<string, string> = {}): EdgeResponse => {
  const length: Record<string, string> = size === undefined ? {} : { 'content-length': String(size) };
  return new Response('x', { status: 201, headers: { ...length, ...headers } }) as unknown as EdgeResponse;
};
const of = ({ headers, status }: EdgeResponse) => [status, headers.get('content-encoding'), headers.get('vary')];

test('long answers are compressed for clients that take gzip, and short ones are not', () => {
  expect(of(compressed(answer(128 * 1024 + 1), 'deflate, gzip'))).toEqual([201, 'gzip', 'Accept-Encoding']);
  expect(of(compressed(answer(undefined, { vary: 'Accept' }), 'gzip'))).toEqual([
    201,
    'gzip',
    'Accept-Encoding, Accept',
  ]);
  for (const [size, asked] of [
    [128 * 1024, 'gzip'],
    [1_000_000, null],
    [1_000_000, 'br'],
    [1_000_000, 'gzip;q=0'],
  ] as const) {
    const plain = answer(size);
    expect(compressed(plain, asked)).toBe(plain);
  }
  const encoded = answer(undefined, { 'content-encoding': 'identity' });
  expect(compressed(encoded, 'gzip')).toBe(encoded);
});
