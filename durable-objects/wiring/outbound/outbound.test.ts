import { expect, test } from 'vitest';
import type { LauncherRequest } from '../../../wire/launcher.ts';
import type { StreamSpec } from '../../../wire/stream.ts';
import type { StreamSocket } from '../../../wire/stream-reader.ts';
import type { OutboundRequest } from '../../apiserver/outbound.ts';
import type { ResolvedEndpoint } from '../../apiserver/services/endpoint-resolver.ts';
import { directRoad, makeOutbound, type OutboundPorts } from './outbound.ts';

/** The agent's side of a stream: `answer` is called when the request has come whole. */
function agent(answer: (frames: (string | Uint8Array)[], emit: (type: string, event: object) => void) => void) {
  const listeners: Record<string, ((event: never) => void)[]> = {};
  const specs: StreamSpec[] = [];
  const frames: (string | Uint8Array)[] = [];
  const closed: number[] = [];
  const emit = (type: string, event: object): void => {
    for (const listener of listeners[type] ?? []) listener(event as never);
  };
  const socket: StreamSocket = {
    send(data) {
      frames.push(data);
      if (typeof data === 'string' && JSON.parse(data).type === 'end') queueMicrotask(() => answer(frames, emit));
    },
    close: (code = 1000) => void closed.push(code),
    addEventListener(type: string, listener: (event: never) => void) {
      listeners[type] = [...(listeners[type] ?? []), listener];
    },
  };
  const dial: OutboundPorts['dial'] = async (spec) => {
    specs.push(spec);
    return socket;
  };
  return { dial, specs, frames, closed };
}

const NODE: ResolvedEndpoint = { host: '10.1.0.1', port: 8443, node: 'n1' };

function request(endpoint: ResolvedEndpoint | undefined, more: Partial<OutboundRequest> = {}): OutboundRequest {
  const service = { namespace: 'default', name: 'hook', port: 443, path: '/check?timeout=1s', endpoint };
  return { to: { service }, method: 'POST', headers: { accept: 'x' }, body: 'é', timeoutMs: 1000, ...more };
}

const fetch = () => Promise.reject(new Error('not from the edge'));
const bytes = (text: string) => ({ data: new TextEncoder().encode(text).buffer });
const start = (status: number) => ({
  data: JSON.stringify({ type: 'start', head: { status, headers: [['X-Own', 'yes']] } }),
});

test('a Service is called by the agent of its endpoint’s node, under the Service’s name', async () => {
  const { dial, specs, frames } = agent((_, emit) => {
    emit('message', start(201));
    emit('message', bytes('answer'));
    emit('close', { code: 1000, reason: '' });
  });
  const client = async (node?: string) => ({ cert: `for ${node}` });
  const answer = await makeOutbound({ fetch, dial })(request(NODE, { caBundle: 'pem', client }));
  expect(answer).toEqual({ status: 201, headers: { 'x-own': 'yes' }, body: 'answer' });
  const tls = { serverName: 'hook.default.svc', caBundle: 'pem', client: { cert: 'for n1' } };
  const target = { host: '10.1.0.1', port: 8443, tls };
  expect(specs).toEqual([{ kind: 'http', node: 'n1', target, timeoutMs: 1000 }]);
  expect(JSON.parse(String(frames[0]))).toEqual({
    type: 'request',
    method: 'POST',
    path: '/check?timeout=1s',
    headers: [
      ['accept', 'x'],
      ['host', 'hook.default.svc:443'],
      ['content-length', '2'],
    ],
  });
  expect(new TextDecoder().decode(frames[1] as Uint8Array)).toBe('é');
});

test('a failure names the road, whether the agent tells it, the stream breaks, or no answer comes in time', async () => {
  const where = '(through the agent of node n1, to 10.1.0.1:8443)';
  const fail = agent((_, emit) => {
    const status = { code: 503, message: 'dial tcp 10.1.0.1:8443: connect: connection refused' };
    emit('message', { data: JSON.stringify({ type: 'fail', status }) });
  });
  const refused = makeOutbound({ fetch, dial: fail.dial })(request(NODE));
  await expect(refused).rejects.toThrow(`dial tcp 10.1.0.1:8443: connect: connection refused ${where}`);
  const broken = agent((_, emit) => {
    emit('message', start(200));
    emit('close', { code: 1006, reason: '' });
  });
  const half = makeOutbound({ fetch, dial: broken.dial })(request(NODE));
  await expect(half).rejects.toThrow(`the node's connection broke (1006) ${where}`);
  const silent = agent(() => {});
  const late = makeOutbound({ fetch, dial: silent.dial })(request(NODE, { timeoutMs: 5 }));
  await expect(late).rejects.toThrow(`context deadline exceeded ${where}`);
  expect(silent.closed).toEqual([1008]);
  const away = makeOutbound({ fetch, dial: () => Promise.reject(new Error('node "n1" is not connected')) });
  await expect(away(request(NODE))).rejects.toThrow(`node "n1" is not connected ${where}`);
  const long = agent((_, emit) => {
    emit('message', start(200));
    const chunk = { data: new ArrayBuffer(256 * 1024) };
    for (let sent = 0; sent < 4; sent++) emit('message', chunk);
    const more = setInterval(() => emit('message', chunk), 0);
    setTimeout(() => clearInterval(more), 500);
  });
  await expect(makeOutbound({ fetch, dial: long.dial })(request(NODE))).rejects.toThrow('the answer is longer than');
});

test('an agent that connects too late is sent no request', async () => {
  const { dial, frames, closed } = agent((_, emit) => emit('message', start(200)));
  const { promise: coming, resolve: come } = Promise.withResolvers<void>();
  const late = makeOutbound({ fetch, dial: (...asked) => coming.then(() => dial(...asked)) });
  await expect(late(request(NODE, { timeoutMs: 5 }))).rejects.toThrow('context deadline exceeded');
  come();
  await expect.poll(() => closed).toEqual([1008]);
  expect(frames).toEqual([]);
});

test('a call of the local launcher that fails says so', async () => {
  const launcher: OutboundPorts['fetch'] = () => Promise.resolve(Response.json({ ok: false, message: 'refused' }));
  const called = makeOutbound({ fetch, dial: () => Promise.reject(new Error('none')), launcher });
  const url = 'https://127.0.0.1:1/x';
  await expect(called({ ...request(NODE), to: { url } })).rejects.toThrow('refused (through the local launcher)');
});

test('where no agent is connected, the local launcher goes, and never the edge', async () => {
  const { dial } = agent(() => {});
  const endpoint = { host: 'fd00::1', port: 8443 };
  await expect(makeOutbound({ fetch, dial })(request(endpoint))).rejects.toThrow('no agent of a node is connected');
  const asked: LauncherRequest[] = [];
  const launcher: OutboundPorts['fetch'] = async (_, { body }) => {
    asked.push(JSON.parse(String(body)) as LauncherRequest);
    return new Response(JSON.stringify({ ok: true, status: 200, headers: {}, body: 'hello' }));
  };
  const answer = await makeOutbound({ fetch, dial, launcher })(request(endpoint, { insecure: true }));
  expect(answer.body).toBe('hello');
  expect(asked).toMatchObject([
    { url: 'https://[fd00::1]:8443/check?timeout=1s', serverName: 'hook.default.svc', insecure: true },
  ]);
});

const PUBLIC = { ...request(undefined), to: { url: 'https://hooks.example.com/x' } };
const fromEdge = (answer: OutboundPorts['fetch']) =>
  makeOutbound({ fetch: answer, dial: () => Promise.reject(new Error('none')) });

test('a redirect from a public address leads nowhere, whatever it points to', async () => {
  const asked: string[] = [];
  const called = fromEdge(async (url, { redirect }) => {
    asked.push(`${redirect} ${url}`);
    return new Response(null, { status: 307, headers: { location: 'https://169.254.169.254/' } });
  });
  expect(await called(PUBLIC)).toMatchObject({ status: 307, body: '' });
  expect(asked).toEqual(['manual https://hooks.example.com/x']);
});

test('an answer without an end is left, and one that stalls ends with the deadline', async () => {
  let isLeft = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(97)),
    cancel() {
      isLeft = true;
    },
  });
  await expect(fromEdge(async () => new Response(endless))(PUBLIC)).rejects.toThrow('longer than 3145728 bytes');
  expect(isLeft).toBe(true);
  const stalls: OutboundPorts['fetch'] = async (_, { signal }) =>
    new Response(
      new ReadableStream({
        start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
      }),
    );
  await expect(fromEdge(stalls)({ ...PUBLIC, timeoutMs: 5 })).rejects.toThrow('context deadline exceeded');
});

test('a cluster holds so much of all answers that it waits for, and no more', async () => {
  const ends: (() => void)[] = [];
  const slow: OutboundPorts['fetch'] = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(100).fill(97));
          ends.push(() => controller.close());
        },
      }),
    );
  const dial = () => Promise.reject(new Error('none'));
  const called = makeOutbound({ fetch: slow, dial, maxHeld: 250 });
  const all = Promise.allSettled([called(PUBLIC), called(PUBLIC), called(PUBLIC)]);
  await expect.poll(() => ends.length).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (const end of ends.splice(0, 2)) end();
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  ends.length = 0;
  const after = called(PUBLIC);
  await expect.poll(() => ends.length).toBe(1);
  ends[0]?.();
  expect((await after).body).toHaveLength(100);
});

test.each([
  ['http://hooks.example.com/', 'is no public address'],
  ['https://user:secret@10.0.0.1/', 'is no public address'],
  ['https://169.254.169.254/latest/meta-data', 'is no public address'],
])('%s is not called from the edge', async (url, why) => {
  await expect(fromEdge(fetch)({ ...PUBLIC, to: { url } })).rejects.toThrow(why);
});

test.each(['169.254.43518', '0x7f.1', '127.0.0.1.', '10.1', '::ffff:10.0.0.1', '[::1', ''])(
  '%s, which fetch would read as an address that is not public or not at all, is no road from the edge',
  (host) => expect(() => directRoad({ host, port: 443 }, undefined, false)).toThrow('no agent of a node is connected'),
);

test.each(['example.com', '8.8.8.8', '2606:4700::1111'])('%s is one', (host) =>
  expect(directRoad({ host, port: 443 }, undefined, false)).toBe('fetch'),
);
