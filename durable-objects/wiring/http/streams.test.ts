import type { Request as CfRequest } from '@cloudflare/workers-types';
import { expect, test } from 'vitest';
import { INTRODUCTION_HEADER } from '../../../wire/stream.ts';
import { type StreamPorts, Streams } from './streams.ts';

const credential = { id: 'jti/pod-uid', use: 'service-account', expires: 9000 } as const;
const logs = { kind: 'logs', node: 'n', options: { follow: true } } as never;
const request = { headers: new Headers() } as unknown as CfRequest;

test('a stream is not opened where the object of the token goes while its session is made', async () => {
  const opened: string[] = [];
  let isThere = true;
  let goes = false;
  const streams = new Streams({
    connected: () => true,
    send: () => true,
    simulated: () => false,
    uuid: () => 's',
    async ticket() {
      if (goes) isThere = false;
      return 't';
    },
    minutes: { refusal: async () => undefined, opened: () => {} },
    credentials: () => ({ opened: ({ id }: { id: string }) => opened.push(id) }),
    now: () => 0,
  } as unknown as StreamPorts);
  const ask = () => streams.answer(request, { credential, counts: () => isThere }, { type: 'stream', stream: logs });
  const answer = await ask();
  expect([answer.status, answer.headers.has(INTRODUCTION_HEADER), opened]).toEqual([200, true, [credential.id]]);
  goes = true;
  const refused = await ask();
  expect([refused.status, refused.headers.has(INTRODUCTION_HEADER), opened]).toEqual([401, false, [credential.id]]);
});

test('where the day is used up, what lasts is refused, and what ends at once is not', async () => {
  const begun: string[] = [];
  const streams = new Streams({
    connected: () => true,
    send: () => true,
    simulated: () => false,
    uuid: () => 's',
    ticket: async () => 't',
    minutes: {
      refusal: async () => ({ code: 403, message: 'used up' }),
      opened: (session: string) => begun.push(session),
    },
    credentials: () => ({ opened: () => {} }),
    now: () => 0,
  } as unknown as StreamPorts);
  const ask = (stream: object) =>
    streams.answer(request, { credential, counts: () => true }, { type: 'stream', stream: stream as never });
  expect((await ask({ kind: 'logs', node: 'n', options: { follow: true } })).status).toBe(403);
  expect((await ask({ kind: 'logs', node: 'n', options: { follow: false } })).status).toBe(200);
  expect((await ask({ kind: 'http', node: 'n' })).status).toBe(200);
  expect(begun).toEqual([]);
});
