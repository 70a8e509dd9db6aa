import type { Request as CfRequest } from '@cloudflare/workers-types';
import { expect, test } from 'vitest';
import { type DirectCall, PROXIED_HEADERS } from '../../../wire/stream.ts';
import { passedOnByWorker, refusedToSession, upgraded } from './proxied.ts';

test('a session of the dashboard opens no proxied pages', () => {
  const page = { http: { path: '/', headers: {}, prefix: '/api/v1/namespaces/d/pods/p/proxy' } };
  expect(refusedToSession({ use: 'session' }, page)).toMatchObject({ code: 403, reason: 'Forbidden' });
  expect(refusedToSession({ use: 'cluster' }, page)).toBeUndefined();
  expect(refusedToSession({ use: 'session' }, {})).toBeUndefined();
});

test('the Worker gets the key of the certificate for the launcher alone', async () => {
  const client = { cert: 'c', key: 'k' };
  const call = {
    target: { host: 'api.example.com', port: 443, tls: { client } },
    http: { path: '/', headers: {} },
    milliseconds: 1,
  };
  const passed = async (hasLauncher: boolean) =>
    (await passedOnByWorker(call, undefined, hasLauncher).json()) as DirectCall;
  expect(await passed(true)).toEqual({ ...call, road: 'launcher' });
  expect(await passed(false)).toEqual({ ...call, target: { ...call.target, tls: {} }, road: 'fetch' });
});

test('a client that asks for a WebSocket names no user to an aggregated API', () => {
  const sent = [
    ['x-remote-user', 'mallory'],
    ['x-remote-group', 'system:masters'],
    ['x-mine', 'yes'],
  ];
  const request = { headers: new Headers({ [PROXIED_HEADERS]: JSON.stringify(sent) }) } as unknown as CfRequest;
  const http = { path: '/apis/a.dev/v1/things', headers: { 'x-remote-user': 'bob' } };
  const stream = { kind: 'http', node: 'n', target: { host: '10.0.0.1', port: 1 } } as const;
  expect(upgraded(stream, { ...http, isFrontProxy: true }, request)).toMatchObject({
    upgrade: {
      path: http.path,
      headers: [
        ['x-mine', 'yes'],
        ['x-remote-user', 'bob'],
      ],
    },
  });
});

test('other connections than WebSockets are refused, and all at a public address', async () => {
  const call = {
    target: { host: 'api.example.com', port: 443 },
    http: { path: '/', headers: {} },
    milliseconds: 1,
  };
  expect(passedOnByWorker(call, 'SPDY/3.1', true).status).toBe(400);
  expect(passedOnByWorker(call, 'websocket', false).status).toBe(501);
  expect(await passedOnByWorker(call, 'WebSocket', true).json()).toMatchObject({ road: 'launcher', isUpgrade: true });
});
