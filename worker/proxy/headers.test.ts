import { expect, test } from 'vitest';
import type { EdgeRequest } from '../env.ts';
import { headersOf, passedOn, passedOnUpgrade } from './headers.ts';

const passed = (headers: Record<string, string>) =>
  Object.fromEntries(passedOn(new Request('http://islet.example/', { headers }) as unknown as EdgeRequest));

test('headers for the API server alone do not reach a proxied server', () => {
  const sent = {
    authorization: 'Bearer t',
    'impersonate-user': 'bob',
    'x-remote-user': 'root',
    'x-remote-uid': '0',
    'x-remote-group': 'system:masters',
    'x-remote-extra-scopes': 'all',
    'islet-claims': '{}',
    'sec-websocket-protocol': 'base64url.bearer.authorization.k8s.io.dA',
    'x-mine': 'yes',
  };
  expect(passed(sent)).toEqual({ 'x-mine': 'yes' });
});

test('a session of the dashboard does not reach a proxied server, and other cookies do', () => {
  expect(passed({ cookie: 'islet-session-8443=secret' })).toEqual({});
  expect(passed({ cookie: '__Host-islet-session=secret; __Host-islet-session-1=s' })).toEqual({});
  expect(passed({ cookie: 'a=1; islet-session=secret; b=islet-session=2' })).toEqual({
    cookie: 'a=1; b=islet-session=2',
  });
});

test('the request for a WebSocket is told of in ASCII, with the host that the client asked for', () => {
  const headers = { 'x-name': 'd\u00e9', 'cf-connecting-ip': '192.0.2.1', cookie: 'islet-session=s' };
  const text = passedOnUpgrade({
    headers: new Headers({ ...headers, host: 'islet.example' }),
  } as unknown as EdgeRequest);
  expect(text).toMatch(/^[ -~]*$/);
  expect(JSON.parse(text)).toEqual([
    ['x-name', 'd\u00c3\u00a9'],
    ['host', 'islet.example'],
    ['x-forwarded-for', '192.0.2.1'],
  ]);
});

test('a client does not name the user that asks', () => {
  const headers = new Headers({
    'X-Remote-Group': 'system:masters',
    'x-remote-user': 'root',
    connection: 'x-remote-user',
  });
  const asked = { headers, url: 'https://islet.example/', method: 'GET' } as unknown as EdgeRequest;
  const own = { 'x-remote-user': 'jane' };
  const all = headersOf(asked, { path: '/', headers: own, isFrontProxy: true }, undefined, undefined);
  expect(all.filter(([name]) => name.startsWith('x-remote-'))).toEqual([['x-remote-user', 'jane']]);
});
