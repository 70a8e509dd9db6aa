import { expect, test } from 'vitest';
import { BEARER_SUBPROTOCOL_PREFIX } from '../../wire/socket.ts';
import type { EdgeRequest } from '../env.ts';
import { locate } from '../location.ts';
import { credentials, isOwnOrigin } from './credentials.ts';

function request(headers: Record<string, string>): EdgeRequest {
  return { headers: new Headers(headers) } as unknown as EdgeRequest;
}

test('a bearer header goes before a subprotocol, and that before a cookie', () => {
  const here = locate('http://localhost:7444/');
  const cookie = 'x=1; islet-session-7444=c; islet-session-1=other';
  const protocol = `islet.v1, ${BEARER_SUBPROTOCOL_PREFIX}${btoa('p').replace(/=+$/, '')}`;
  expect(credentials(request({ cookie }), here)).toEqual({ token: 'c', from: 'cookie' });
  expect(credentials(request({ cookie, 'sec-websocket-protocol': protocol }), here)).toEqual({
    token: 'p',
    from: 'subprotocol',
  });
  expect(credentials(request({ cookie, authorization: 'Bearer t' }), here)).toEqual({ token: 't', from: 'header' });
  expect(credentials(request({ cookie, authorization: 'Basic t' }), here)).toBeUndefined();
});

test('the cookie of a deployment is bound to its host, and not taken for one without the prefix', () => {
  const here = locate('https://islet.example/');
  expect(credentials(request({ cookie: '__Host-islet-session=c' }), here)).toEqual({ token: 'c', from: 'cookie' });
  expect(credentials(request({ cookie: 'islet-session=c' }), here)).toBeUndefined();
});

test("another site's page has no use of the cookie", () => {
  const here = locate('http://localhost:7444/');
  expect(isOwnOrigin(request({ origin: 'http://localhost:7444' }), here)).toBe(true);
  expect(isOwnOrigin(request({}), here)).toBe(true);
  expect(isOwnOrigin(request({ origin: 'http://localhost:8080' }), here)).toBe(false);
  expect(isOwnOrigin(request({ origin: 'null' }), here)).toBe(false);
  expect(isOwnOrigin(request({ 'sec-fetch-site': 'cross-site' }), here)).toBe(false);
});
