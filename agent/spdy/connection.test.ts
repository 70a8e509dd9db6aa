import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Duplex, duplexPair } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { SpdyConnection, type SpdyStream } from './connection.ts';
import { DICTIONARY, HeaderReader } from './headers.ts';

/** A client, and what a server gets of it. */
function pair() {
  const [near, far] = duplexPair();
  const opened: { headers: ReadonlyMap<string, string>; stream: SpdyStream }[] = [];
  const server = new SpdyConnection(far, (headers, stream) => opened.push({ headers, stream }));
  return { client: new SpdyConnection(near), server, opened, near };
}

test('streams carry bytes both ways and end one way at a time', async () => {
  const { client, opened } = pair();
  const [a, b] = [client.open({ streamtype: 'a', port: '80' }), client.open({ streamtype: 'b' })];
  await expect.poll(() => opened.length).toBe(2);
  expect(Object.fromEntries(opened[0]?.headers ?? [])).toEqual({ streamtype: 'a', port: '80' });
  const sent = randomBytes(3 << 20);
  const [farA, farB] = opened.map(({ stream }) => stream) as [SpdyStream, SpdyStream];
  a.end(sent);
  b.end('b');
  expect((await buffer(farA)).equals(sent)).toBe(true);
  expect(await text(farB)).toBe('b');
  farA.end(sent);
  expect((await buffer(a)).equals(sent)).toBe(true);
  await Promise.all([a, farA].map((stream) => stream.closed || once(stream, 'close')));
});

test('a stream that is not read stops the one that writes', async () => {
  const { client, opened } = pair();
  const stream = client.open({ streamtype: 'a' });
  await expect.poll(() => opened.length).toBe(1);
  let written = 0;
  while (stream.write(Buffer.alloc(64 << 10)) && written < 1000) {
    written++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(written).toBeLessThan(50);
  const far = opened[0]?.stream as SpdyStream;
  stream.end();
  expect((await buffer(far)).length).toBe((written + 1) * (64 << 10));
});

test('when the connection breaks, received bytes can be read, and a cut-off stream says so', async () => {
  const { client, opened, near } = pair();
  const [done, open] = [client.open({ streamtype: 'done' }), client.open({ streamtype: 'open' })];
  await expect.poll(() => opened.length).toBe(2);
  opened[0]?.stream.end('all');
  opened[1]?.stream.write('some');
  await Promise.all([done, open].map((stream) => once(stream, 'readable')));
  near.destroy();
  await client.closed;
  expect(await Promise.all([text(done), text(open)])).toEqual(['all', 'some']);
  expect([done.failure, open.failure]).toEqual([undefined, expect.any(Error)]);
});

test('header blocks that were packed with the dictionary are read, one after the other', async () => {
  const block = (pairs: string[]) =>
    Buffer.concat([uint32(pairs.length / 2), ...pairs.flatMap((word) => [uint32(word.length), Buffer.from(word)])]);
  const reader = new HeaderReader();
  const packed = deflateSync(block(['StreamType', 'error', 'port', '80']), { dictionary: DICTIONARY, finishFlush: 2 });
  expect(Object.fromEntries(await reader.read(packed))).toEqual({ streamtype: 'error', port: '80' });
  const next = deflateRawSync(block(['port', '81']), { finishFlush: 2 });
  expect(Object.fromEntries(await reader.read(next))).toEqual({ port: '81' });
  await expect(reader.read(Buffer.from('no deflate stream'))).rejects.toThrow();
  expect(DICTIONARY.length).toBe(1423);
});

test('bytes that are no SPDY end the connection', async () => {
  const source = Duplex.from(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  await new SpdyConnection(source).closed;
  expect(source.destroyed).toBe(true);
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
