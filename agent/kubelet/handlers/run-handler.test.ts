import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { expect, test } from 'vitest';
import type { Container } from '../../../kube/types.ts';
import { systemClock } from '../../clock.ts';
import { type CommandResult, RuntimeError } from '../../runtimes/runtime.ts';
import { healthDefinition } from './grpc-health.ts';
import { type Handler, runHandler } from './run-handler.ts';

const CONTAINER = { name: 'c', ports: [{ name: 'web', containerPort: 1 }] } as Container;
const TARGET = { container: CONTAINER, id: 'id', ip: '127.0.0.1' };

function run(handler: Handler, answer?: () => CommandResult, timeout = 2000, signal?: AbortSignal) {
  const runtime = { run: async () => answer?.() ?? { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) } };
  return runHandler({ runtime, clock: systemClock }, handler, TARGET, timeout, signal);
}

async function serving(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

test('A command succeeds with exit code 0; one that cannot be run says nothing of the container', async () => {
  const exec = { exec: { command: ['x'] } };
  const result = { exitCode: 3, stdout: Buffer.from('out '), stderr: Buffer.from('err') };
  expect(await run(exec)).toEqual({ ok: true, output: '' });
  expect(await run(exec, () => result)).toEqual({ ok: false, output: 'out err' });
  const down = () => {
    throw new RuntimeError('unavailable', 'down');
  };
  expect(await run(exec, down)).toEqual({ ok: false, broken: true, output: 'down' });
  const late = () => {
    throw new RuntimeError('timeout', 'late');
  };
  expect(await run(exec, late)).toEqual({ ok: false, output: 'command timed out: "x" timed out after 2s' });
});

test('A request succeeds with a status from 200 to 399, and carries the headers that it is given', async () => {
  const seen: string[] = [];
  using server = await serving((request, response) => {
    seen.push(`${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
    response.writeHead(request.url === '/bad' ? 500 : 302).end();
  });
  const { port } = server;
  const get = (path: string) => run({ httpGet: { path, port, httpHeaders: [{ name: 'Host', value: 'h' }] } });
  expect(await get('/good')).toEqual({ ok: true, output: '' });
  expect(await get('/bad')).toEqual({ ok: false, output: 'HTTP probe failed with statuscode: 500' });
  expect(seen).toEqual(['/good h kube-probe/1.36', '/bad h kube-probe/1.36']);
  expect(await run({ httpGet: { port: 'none' } })).toMatchObject({ ok: false, broken: true });
});

test('A request without an answer in time fails, as does a port on which nothing listens', async () => {
  using server = await serving(() => {});
  const { port } = server;
  expect(await run({ httpGet: { port } }, undefined, 50)).toMatchObject({
    ok: false,
    output: expect.stringContaining('context deadline exceeded'),
  });
  expect(await run({ tcpSocket: { port } })).toEqual({ ok: true, output: '' });
  expect(await run({ tcpSocket: { port: 1 } })).toEqual({
    ok: false,
    output: 'dial tcp 127.0.0.1:1: connect: connection refused',
  });
});

test('An aborted hook is not waited for', async () => {
  const abort = new AbortController();
  const slept = run({ sleep: { seconds: 60 } }, undefined, 60_000, abort.signal);
  abort.abort();
  expect(await slept).toEqual({ ok: false, output: 'context canceled' });
});

interface Call {
  request: { service: string };
}
type Reply = (error: { code: number; details: string } | null, answer?: { status: string }) => void;

async function health(check: (call: Call, reply: Reply) => void) {
  const { grpc } = loadPackageDefinition(fromJSON(healthDefinition, { enums: String })) as unknown as {
    grpc: { health: { v1: { Health: { service: never } } } };
  };
  const server = new Server();
  server.addService(grpc.health.v1.Health.service, { Check: check } as never);
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { port, [Symbol.dispose]: () => server.forceShutdown() };
}

test('A gRPC service is healthy when it says SERVING; any other answer is in the event', async () => {
  using server = await health(({ request }, reply) => {
    if (request.service === 'none') reply({ code: status.NOT_FOUND, details: 'unknown service' });
    else if (request.service === 'old') reply({ code: status.UNIMPLEMENTED, details: 'no' });
    else if (request.service !== 'late') reply(null, { status: request.service === '' ? 'SERVING' : 'NOT_SERVING' });
  });
  const check = (service?: string, timeout?: number) =>
    run({ grpc: { port: server.port, service } }, undefined, timeout);
  expect(await check()).toEqual({ ok: true, output: '' });
  expect(await check('sick')).toEqual({ ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' });
  expect(await check('none')).toEqual({
    ok: false,
    output: 'error: health rpc probe failed: rpc error: code = NOT_FOUND desc = unknown service',
  });
  expect(await check('old')).toEqual({
    ok: false,
    output: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): no',
  });
  expect(await check('late', 300)).toEqual({ ok: false, output: 'timeout: health rpc did not complete within 300ms' });
  expect(await run({ grpc: { port: 1 } }, undefined, 100)).toMatchObject({
    ok: false,
    output: expect.stringMatching(/^timeout: failed to connect service "127.0.0.1:1" within 100ms/),
  });
});

test('A request follows where it is sent on the same host, and its last answer counts', async () => {
  const places: Record<string, string> = {
    '/sick': '/down',
    '/well there': '/up?x=1',
    '/out': 'http://elsewhere.invalid/',
    '/round': '/round',
  };
  using server = await serving((request, response) => {
    const location = places[decodeURI(request.url ?? '')];
    response.writeHead(location ? 302 : request.url === '/up?x=1' ? 200 : 500, location ? { location } : {}).end();
  });
  const { port } = server;
  const get = (path: string) => run({ httpGet: { path, port } });
  expect(await get('/well there')).toEqual({ ok: true, output: '' });
  expect(await get('/sick')).toEqual({ ok: false, output: 'HTTP probe failed with statuscode: 500' });
  expect(await get('/out')).toEqual({ ok: true, output: '' });
  expect(await get('/round')).toMatchObject({
    ok: false,
    output: expect.stringContaining('stopped after 10 redirects'),
  });
});

test('Any answer is good enough for a hook, whose time may be longer than a timer waits', async () => {
  using server = await serving((request, response) => {
    response.writeHead(request.headers['user-agent'] === 'kube-lifecycle/1.36' ? 503 : 400).end();
  });
  const year = 365 * 24 * 3600_000;
  const hook = { container: { name: 'c' }, id: 'i', ip: '127.0.0.1', isHook: true };
  const runtime = { run: async () => Promise.reject(new Error('no command')) };
  expect(await runHandler({ runtime, clock: systemClock }, { httpGet: { port: server.port } }, hook, year)).toEqual({
    ok: true,
    output: '',
  });
});
