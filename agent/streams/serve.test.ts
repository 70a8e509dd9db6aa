import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { CHANNEL } from '../../wire/stream.ts';
import type { CommandEnd, Runtime } from '../runtimes/runtime.ts';
import { StreamServer } from './serve.ts';

let sessions: WebSocketServer;
let streams: StreamServer;
beforeEach(async () => {
  sessions = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sessions, 'listening');
});
afterEach(() => {
  streams.close();
  sessions.close();
});

const LISTING = { sandboxes: [], containers: [{ id: 'c1', name: 'c', attempt: 0, state: 'running' }] };
const spec = {
  kind: 'exec',
  namespace: 'default',
  pod: 'p',
  podUID: 'u',
  container: 'c',
  command: ['sh'],
  stdin: true,
};

function serve(runtime: Partial<Runtime>, listing: () => Promise<unknown> = async () => LISTING) {
  const { port } = sessions.address() as AddressInfo;
  streams = new StreamServer(
    {
      server: `http://127.0.0.1:${port}`,
      token: () => 'node',
      userAgent: 'test',
      clientKey: { publicKey: '', privateKey: '' },
    },
    {
      runtime: runtime as Runtime,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      find: () => ({ metadata: {} }) as never,
      listing: listing as never,
    },
  );
}

const YEAR = 365 * 24 * 3600_000;

const protocolOf = (asked: object) =>
  'kind' in asked && asked.kind === 'logs' ? 'islet.logs.v1' : 'v5.channel.k8s.io';

async function open(
  session: string,
  holder = 'h',
  milliseconds = YEAR,
  asked: object = spec,
  protocol?: string,
): Promise<WebSocket> {
  const connected = once(sessions, 'connection');
  streams.open({
    session,
    ticket: 't',
    holder,
    milliseconds,
    stream: { spec: asked, protocol: protocol ?? protocolOf(asked) },
  });
  return (await connected)[0] as WebSocket;
}

test('streams end when the token that opened them is revoked or expires, and no others do', async () => {
  // The runtime is slow, so that nothing ends by itself.
  serve({}, () => new Promise(() => {}));
  const ended: string[] = [];
  for (const [session, holder, milliseconds] of [
    ['one', 'leaked', YEAR],
    ['two', 'kept', YEAR],
    ['three', 'leaked', 60_000],
    ['four', 'short', 100],
  ] as const) {
    (await open(session, holder, milliseconds)).on('close', () => ended.push(session));
  }
  streams.closeFor('leaked');
  await expect.poll(() => ended.sort()).toEqual(['four', 'one', 'three']);
});

test('streams that the cluster ends tell their clients why, and others go on', async () => {
  serve({
    exec: async (_id, _command, _flags, signal) => ({
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      resize: () => {},
      ended: new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    }),
  });
  const command = await open('one');
  const other = await open('two');
  const dialling = await open('three', 'h', YEAR, { ...spec, kind: 'port-forward', ports: [80] }, 'SPDY/3.1');
  const heard: Buffer[] = [];
  command.on('message', (data) => heard.push(data as Buffer));
  const closed = once(command, 'close');
  const gone = once(dialling, 'close');
  // The agent's end of a socket opens a moment after the session's.
  await expect
    .poll(() => {
      streams.end(['one', 'three'], 'the day is used up');
      return heard.at(-1);
    })
    .toBeDefined();
  const frame = heard.at(-1) ?? Buffer.alloc(0);
  expect([frame[0], JSON.parse(String(frame.subarray(1)))]).toEqual([
    CHANNEL.error,
    expect.objectContaining({ code: 403, message: 'the day is used up' }),
  ]);
  expect((await closed)[0]).toBe(1000);
  expect((await gone)[0]).not.toBe(1000);
  expect(other.readyState).toBe(other.OPEN);
});

test('a client that leaves while the runtime is still asked leaves no command behind', async () => {
  let asked: AbortSignal | undefined;
  let answer = (_: unknown) => {};
  serve({
    exec: (_id, _command, _flags, signal) => {
      asked = signal;
      return new Promise((resolve) => {
        answer = resolve as typeof answer;
      });
    },
  });
  const client = await open('one');
  await expect.poll(() => asked).toBeDefined();
  streams.closeFor('h');
  await once(client, 'close');
  await expect.poll(() => asked?.aborted).toBe(true);
  answer({ resize: () => {}, ended: Promise.reject(new Error('aborted')) });
});

test('output comes before the status, and the client’s end of input ends the command’s', async () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let end = (_: CommandEnd) => {};
  const sizes: number[][] = [];
  serve({
    exec: async () => ({
      stdin,
      stdout,
      resize: (...size) => void sizes.push(size),
      ended: new Promise<CommandEnd>((resolve) => {
        end = resolve;
      }),
    }),
  });
  const client = await open('one');
  const heard: Buffer[] = [];
  client.on('message', (data) => heard.push(data as Buffer));
  for (const text of ['hello', '']) client.send(Buffer.concat([Buffer.of(CHANNEL.stdin), Buffer.from(text)]));
  client.send(Buffer.concat([Buffer.of(CHANNEL.resize), Buffer.from('{"Width":80,"Height":24}')]));
  client.send(Buffer.concat([Buffer.of(CHANNEL.resize), Buffer.from('{"Width"')]));
  client.send(Buffer.of(CHANNEL.close, CHANNEL.stdin));
  expect(await stdin.toArray()).toEqual([Buffer.from('hello')]);
  expect(sizes).toEqual([[80, 24]]);
  stdout.write('one');
  end({ exitCode: 4, message: 'failed' });
  stdout.end('two');
  const [code] = await once(client, 'close');
  const text = heard.filter(([channel]) => channel === CHANNEL.stdout).map((frame) => frame.toString('utf8', 1));
  expect([text.join(''), code]).toEqual(['onetwo', 1000]);
  expect(heard.at(-1)?.[0]).toBe(CHANNEL.error);
  expect(JSON.parse(heard.at(-1)?.toString('utf8', 1) ?? '')).toMatchObject({
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '4' }] },
  });
});

test('a connection that breaks does not count as success', async () => {
  serve({ exec: async () => ({ resize: () => {}, ended: Promise.reject(new Error('broke')) }) });
  const client = await open('one');
  expect((await once(client, 'close'))[0]).toBe(1011);
});

test('A log goes on after a frame that cannot be read', async () => {
  let write = async (_: string): Promise<void> => {};
  let end = () => {};
  serve({
    logs: (_id, _options, sink) => {
      write = (text) => sink.write(Buffer.from(text));
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  });
  const client = await open('one', 'h', YEAR, { ...spec, kind: 'logs', options: {} });
  const seen: string[] = [];
  client.on('message', (data) => seen.push(String(data)));
  await expect.poll(() => seen).toEqual(['{"type":"start"}']);
  for (const frame of ['{', 'null', '{"type":"credit","bytes":"x"}']) client.send(frame);
  client.ping();
  await once(client, 'pong');
  await write('line');
  await expect.poll(() => seen.at(-1)).toBe('line');
  end();
  await once(client, 'close');
});

test('a client of a log over a WebSocket gets bytes, or their base64, after an empty message', async () => {
  const text = 'öne\n';
  for (const [protocol, expected] of [
    ['', [Buffer.alloc(0), Buffer.from(text)]],
    ['base64.binary.k8s.io', ['', Buffer.from(text).toString('base64')]],
  ] as const) {
    serve({ logs: async (_id, _options, sink) => sink.write(Buffer.from(text)) });
    const client = await open('one', 'h', YEAR, { ...spec, kind: 'logs', options: {} }, protocol);
    const seen: (string | Buffer)[] = [];
    client.on('message', (data, isBinary) => seen.push(isBinary ? (data as Buffer) : String(data)));
    expect((await once(client, 'close'))[0]).toBe(1000);
    expect(seen).toEqual(expected);
  }
  serve({ logs: () => Promise.reject(new Error('gone')) });
  const client = await open('one', 'h', YEAR, { ...spec, kind: 'logs', options: {} }, '');
  const [code, reason] = await once(client, 'close');
  expect([code, String(reason)]).toEqual([1011, 'gone']);
});
