import { duplexPair, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SpdyConnection } from '../spdy/connection.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { servePortForward } from './port-forward.ts';

test('A stream whose pair does not come is reset after a while, and a pair goes on', async () => {
  const [near, far] = duplexPair();
  const clock = new FakeClock();
  let connections = 0;
  const connect = async () => {
    connections++;
    return new PassThrough();
  };
  const served = servePortForward(far, { pod: 'p', uid: 'u', connect }, clock);
  const client = new SpdyConnection(near);
  const open = (streamtype: string, requestid: string) => client.open({ streamtype, port: '80', requestid });
  const lone = open('data', '1');
  const [data] = [open('data', '2'), open('error', '2')];
  await expect.poll(() => connections).toBe(1);
  await clock.advance(31_000);
  await expect.poll(() => lone.failure?.message).toBe('the stream was reset');
  data.write('echo');
  await expect.poll(() => data.read()?.toString()).toBe('echo');
  client.close();
  await served;
});
