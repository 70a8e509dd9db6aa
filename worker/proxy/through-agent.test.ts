import { expect, test } from 'vitest';
import type { HttpAnswerHead } from '../../wire/stream.ts';
import type { StreamSocket } from '../../wire/stream-reader.ts';
import type { EdgeRequest } from '../env.ts';
import { callThroughAgent } from './through-agent.ts';

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
  const answer = await callThroughAgent(socket, 'c', http, { request, body: null, clusterPath: '/clusters/c' });
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
  const client = { request: request as unknown as EdgeRequest, body: null, clusterPath: '' };
  const answer = await callThroughAgent(socket, 'c', http, client);
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

test('a server that has its host to itself keeps its pages, and takes nothing of those beside it', async () => {
  const { asked, socket } = agent({
    status: 200,
    headers: [
      ['Location', 'http://10.1.0.1:80/x'],
      ['Content-Type', 'text/html'],
      ['Set-Cookie', 'own=1; Path=/; domain=forwards.example; Secure'],
      ['Set-Cookie', '__Host-islet-forward=stranger; Path=/'],
      ['Clear-Site-Data', '"cookies"'],
      ['Alt-Svc', 'h2="evil.example:443"'],
    ],
  });
  const sent = { host: 'abc.forwards.example', authorization: 'Basic own', cookie: '__Host-islet-forward=t; a=b' };
  const request = { method: 'GET', url: 'https://abc.forwards.example/a', headers: new Headers(sent) };
  const http = { path: '/a', headers: {}, prefix: '/api/v1/x/proxy', address: '10.1.0.1:80' };
  const client = { request: request as unknown as EdgeRequest, body: null, clusterPath: '', isOwnSite: true as const };
  const answer = await callThroughAgent(socket, 'c', http, client);
  expect([...answer.headers]).toEqual([
    ['content-type', 'text/html'],
    ['location', '/x'],
    ['set-cookie', 'own=1; Path=/; Secure'],
  ]);
  expect(asked[0]?.headers).toEqual([
    ['authorization', 'Basic own'],
    ['cookie', 'a=b'],
    ['host', 'abc.forwards.example'],
    ['x-forwarded-host', 'abc.forwards.example'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-uri', '/a'],
  ]);
});
