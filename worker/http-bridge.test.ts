import { expect, test } from 'vitest';
import type { HttpAnswerHead } from '../wire/stream.ts';
import type { StreamSocket } from '../wire/stream-reader.ts';
import type { EdgeRequest } from './env.ts';
import { bridgeHttp, headersOf, passedOn, passedOnUpgrade } from './http-bridge.ts';

const passed = (headers: Record<string, string>) =>
  Object.fromEntries(passedOn(new Request('http://islet.example/', { headers }) as unknown as EdgeRequest));

test('what the API server is told alone does not reach a proxied server', () => {
  const sent = {
    authorization: 'Bearer t',
    'impersonate-user': 'bob',
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

/** An agent that answers a request at once, and tells what it was asked. */
function agent(head: HttpAnswerHead) {
  const asked: { headers: [string, string][] }[] = [];
  const listeners: Record<string, (event: object) => void> = {};
  const socket = {
    send(frame: string) {
      const control = JSON.parse(frame);
      if (control.type !== 'request') return;
      asked.push(control);
      queueMicrotask(() => {
        listeners.message?.({ data: JSON.stringify({ type: 'start', head }) });
        listeners.close?.({ code: 1000, reason: '' });
      });
    },
    close() {},
    addEventListener(type: string, listener: (event: object) => void) {
      // The reader's comes first.
      listeners[type] ??= listener;
    },
  };
  return { asked, socket: socket as unknown as StreamSocket };
}

test('only this server says how its client sees it, and which pages may read its answers', async () => {
  const { asked, socket } = agent({
    status: 200,
    headers: [
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Set-Cookie', 'own=1'],
      ['Set-Cookie', '__Host-islet-session=stranger; Path=/'],
      ['Location', 'http://10.1.0.1:80/x'],
    ],
  });
  const sent = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher', 'x-forwarded-uri': '/evil' };
  const headers = new Headers({ ...sent, host: 'islet.example' });
  const request = { method: 'GET', url: 'https://islet.example/', headers } as unknown as EdgeRequest;
  const http = { path: '/a?q', headers: {}, prefix: '/api/v1/x/proxy', address: '10.1.0.1:80' };
  const answer = await bridgeHttp(socket, request, null, http, { cluster: 'c', clusterPath: '/clusters/c' });
  expect([...answer.headers]).toEqual([
    ['location', '/clusters/c/api/v1/x/proxy/x'],
    ['set-cookie', 'own=1'],
  ]);
  expect(asked[0]?.headers).toEqual([
    ['host', 'islet.example'],
    ['x-forwarded-host', 'islet.example'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-uri', '/clusters/c/api/v1/x/proxy/a'],
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

test('headers pass as their bytes are, in both directions', async () => {
  const { asked, socket } = agent({
    status: 200,
    headers: [
      ['x-own', '\u00c3\u00a9'],
      ['x-other', '\u00e9'],
    ],
  });
  const request = { method: 'GET', url: 'https://islet.example/', headers: new Headers({ 'x-name': '\u00e9' }) };
  const http = { path: '/', headers: { 'x-remote-user': '\u00c3\u00a9' } };
  const options = { cluster: 'c', clusterPath: '' };
  const answer = await bridgeHttp(socket, request as unknown as EdgeRequest, null, http, options);
  expect([...answer.headers]).toEqual([
    ['x-other', '\u00e9'],
    ['x-own', '\u00e9'],
  ]);
  expect(asked[0]?.headers).toEqual([
    ['x-name', '\u00c3\u00a9'],
    ['host', ''],
    ['x-remote-user', '\u00c3\u00a9'],
  ]);
});
