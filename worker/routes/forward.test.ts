import { expect, test } from 'vitest';
import { IMPERSONATED_EXTRA, readExtra } from '../../wire/impersonation.ts';
import type { EdgeRequest } from '../env.ts';
import { forwardedHeaders } from './forward.ts';

const forwarded = (headers: Record<string, string>) =>
  forwardedHeaders({ headers: new Headers(headers) } as unknown as EdgeRequest);

test('the object gets what it reads, and nothing that speaks in its own name', () => {
  expect(
    forwarded({
      Accept: 'application/json',
      'X-Other': 'x',
      'islet-claims': '{"sub":"forged"}',
      'islet-impersonated-extra': '{"a":["forged"]}',
      'islet-upgrade': 'websocket',
    }),
  ).toEqual({ accept: 'application/json' });
});

test('a request that impersonates is never carried out as its caller because a part was left out', () => {
  expect(forwarded({ 'Impersonate-Uid': 'u' })).toMatchObject({ 'impersonate-uid': 'u' });
  const alone = forwarded({ 'Impersonate-Extra-Scopes': 'a, b' });
  expect(readExtra(alone[IMPERSONATED_EXTRA])).toEqual({ scopes: ['a', 'b'] });
  expect(forwarded({ 'Impersonate-User': 'jane' })).not.toHaveProperty(IMPERSONATED_EXTRA);
});
