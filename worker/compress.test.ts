import { expect, test } from 'vitest';
import { LONG_HEADER } from '../wire/compression.ts';
import { compressed } from './compress.ts';
import type { EdgeResponse } from './env.ts';

const answer = (headers: Record<string, string>): EdgeResponse =>
  new Response('x', { status: 201, headers }) as unknown as EdgeResponse;
const of = ({ headers, status }: EdgeResponse) => [
  status,
  headers.get('content-encoding'),
  headers.get('vary'),
  headers.get(LONG_HEADER),
];

test('long answers are compressed for clients that take gzip, and others are not', () => {
  const long = { [LONG_HEADER]: '1' };
  expect(of(compressed(answer(long), 'deflate, gzip'))).toEqual([201, 'gzip', 'Accept-Encoding', null]);
  const varied = compressed(answer({ ...long, vary: 'Accept' }), 'gzip');
  expect(of(varied)).toEqual([201, 'gzip', 'Accept-Encoding, Accept', null]);
  const short = answer({});
  expect(compressed(short, 'gzip')).toBe(short);
  for (const asked of [null, 'br', 'gzip;q=0']) expect(compressed(short, asked)).toBe(short);
});
