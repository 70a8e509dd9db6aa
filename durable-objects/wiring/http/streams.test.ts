import type { Request as CfRequest } from '@cloudflare/workers-types';
import { expect, test } from 'vitest';
import { INTRODUCTION_HEADER } from '../../../wire/stream.ts';
import { type StreamPorts, Streams } from './streams.ts';

const credential = { id: 'jti/pod-uid', use: 'service-account', expires: 9000 } as const;
const logs = { kind: 'logs', node: 'n' } as never;
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
