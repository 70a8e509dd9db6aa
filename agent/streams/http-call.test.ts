/** Both sides of a proxied request, with a WebSocket between them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createAuthority, issueServer, type KeyPairPem } from '../../cli/local/certificates.ts';
import { createAuthority as createClusterAuthority } from '../../durable-objects/controllers/certificates/authority.ts';
import { MemoryNotes } from '../../durable-objects/controllers/runtime/testing/virtual-time.ts';
import { HttpCall } from '../../wire/http-call.ts';
import { HTTP_SUBPROTOCOL, type HttpRequestHead, type HttpTarget } from '../../wire/stream.ts';
import type { StreamSocket } from '../../wire/stream-reader.ts';
import { makeClientKey } from './client-key.ts';
import { StreamServer } from './serve.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const clientKey = makeClientKey();
let authority: KeyPairPem;
let certificate: KeyPairPem;
beforeAll(async () => {
  authority = await createAuthority(Date.now());
  certificate = await issueServer(authority, ['hook.default.svc'], Date.now());
});

const END = '-----END CERTIFICATE-----\n';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The client's side of a stream that the agent serves. */
async function open(
  target: Omit<HttpTarget, 'host'>,
  timeoutMs?: number,
  upgrade?: HttpRequestHead,
  protocol = HTTP_SUBPROTOCOL,
) {
  const sessions = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sessions, 'listening');
  const server = `http://127.0.0.1:${(sessions.address() as AddressInfo).port}`;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const streams = new StreamServer({ server, token: () => 't', userAgent: 'test', clientKey }, { log } as never);
  closing.push(() => {
    streams.close();
    sessions.close();
  });
  const connected = once(sessions, 'connection');
  const spec = { kind: 'http', node: 'n', target: { host: '127.0.0.1', ...target }, timeoutMs, upgrade };
  streams.open({ session: 's', ticket: 't', holder: 'h', milliseconds: 60_000, stream: { spec, protocol } });
  const socket = (await connected)[0] as WebSocket;
  let held = 0;
  const memory = {
    grow(size: number) {
      held += size;
    },
    shrink(size: number) {
      held -= size;
    },
    close() {},
  };
  // Of a WebSocket, its client reads the socket itself.
  const reader = upgrade ? { send() {}, close() {}, addEventListener() {} } : socket;
  return { call: new HttpCall(reader as unknown as StreamSocket, memory), socket, held: () => held };
}

const post = (path = '/', headers: [string, string][] = []) => ({ method: 'POST', path, headers });

async function answered(opening: ReturnType<HttpCall['send']>) {
  const opened = await opening;
  if (!opened.ok) throw new Error(opened.status.message);
  return { head: opened.head, text: await new Response(opened.body).text() };
}

test('a request and its answer pass unharmed, whatever their size, and headers more than once', async () => {
  const port = await listen(
    createServer(async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += (chunk as Buffer).length;
      response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'keep-alive': 'timeout=5' });
      response.write(`${request.method} ${request.url} ${request.headers['x-mine']} ${size}\n`);
      response.end('x'.repeat(4_000_000));
    }),
  );
  const { call } = await open({ port });
  const body = new Uint8Array(5_000_000);
  const { head, text } = await answered(
    call.send(
      post('/a%2Fb?q', [
        ['x-mine', 'yes'],
        ['content-length', '5000000'],
      ]),
      body,
    ),
  );
  expect(head?.status).toBe(201);
  expect(head?.headers.filter(([name]) => /cookie|keep/i.test(name))).toEqual([
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]);
  expect(text.length).toBe(4_000_000 + text.indexOf('\n') + 1);
  expect(text.split('\n')[0]).toBe('POST /a%2Fb?q yes 5000000');
});

test('an answer that is not read does not pile up, and one that is given up ends at the server', async () => {
  let closed = false;
  const port = await listen(
    createServer((request, response) => {
      request.on('close', () => {
        closed = true;
      });
      const more = () => {
        while (response.write(Buffer.alloc(65536)));
        response.once('drain', more);
      };
      more();
    }),
  );
  const { call, held } = await open({ port });
  const opened = await call.send({ method: 'GET', path: '/', headers: [] });
  if (!opened.ok) throw new Error('refused');
  await expect.poll(held).toBeGreaterThan(500_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(held()).toBeLessThan(1_200_000);
  await opened.body.cancel();
  await expect.poll(() => closed).toBe(true);
});

test('the agent checks the certificate, by the name and the authority that are asked for', async () => {
  const { certificate: cert, key } = certificate;
  const port = await listen(
    createTlsServer({ cert, key }, (_, response) => response.end('secure')) as unknown as Server,
  );
  const ask = async (tls: HttpTarget['tls']) => (await answered((await open({ port, tls })).call.send(post()))).text;
  const caBundle = authority.certificate;
  expect(await ask({ caBundle, serverName: 'hook.default.svc' })).toBe('secure');
  expect(await ask({ insecure: true })).toBe('secure');
  const unknown = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  await expect(ask({ serverName: 'hook.default.svc' })).rejects.toThrow(unknown);
  await expect(ask({ caBundle, serverName: 'other.default.svc' })).rejects.toThrow(
    'tls: failed to verify certificate: x509: certificate is valid for hook.default.svc, not other.default.svc',
  );
  await expect(ask({ caBundle })).rejects.toThrow(
    "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  );
  // envtest's webhooks give the server's own certificate for the authority's.
  const alone = (pem: string): string => pem.split('-----END')[0] + END;
  expect(await ask({ caBundle: alone(cert), serverName: 'hook.default.svc' })).toBe('secure');
  await expect(ask({ caBundle: alone(cert), serverName: 'other.default.svc' })).rejects.toThrow('is valid for hook');
  const stranger = await issueServer(authority, ['hook.default.svc'], Date.now());
  await expect(ask({ caBundle: alone(stranger.certificate), serverName: 'hook.default.svc' })).rejects.toThrow(unknown);
  await expect(ask({ caBundle: 'garbage' })).rejects.toThrow('unable to parse bytes as PEM block');
});

test('a server is shown the certificate that was issued for the agent’s own key', async () => {
  const frontProxy = createClusterAuthority({
    notes: new MemoryNotes(),
    seal: (_, text) => text,
    open: (_, sealed) => String(sealed),
    clock: { now: Date.now },
    crypto: globalThis.crypto,
  });
  const { certificate: cert, key } = certificate;
  const options = { cert, key, requestCert: true, ca: await frontProxy.certificate() };
  const port = await listen(
    createTlsServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(`${socket.authorized} ${socket.getPeerCertificate().subject?.CN}`);
    }) as unknown as Server,
  );
  const shown = await frontProxy.clientCertificate('front-proxy-client', clientKey.publicKey);
  const ask = async (tls: HttpTarget['tls']) => (await answered((await open({ port, tls })).call.send(post()))).text;
  expect(await ask({ insecure: true, client: { cert: shown } })).toBe('true front-proxy-client');
});

test('a server that cannot be called, or does not answer, is told in the words of Go’s client', async () => {
  const silent = await listen(createServer(() => {}));
  await expect(answered((await open({ port: silent }, 50)).call.send(post()))).rejects.toThrow(
    'context deadline exceeded',
  );
  const plain = await listen(createServer((_, response) => response.end('plain')));
  await expect(answered((await open({ port: plain, tls: {} })).call.send(post()))).rejects.toThrow(
    'http: server gave HTTP response to HTTPS client',
  );
  const rude = await listen(createServer((request) => void request.socket.destroy()));
  await expect(answered((await open({ port: rude })).call.send(post()))).rejects.toThrow('EOF');
  await expect(answered((await open({ port: 1 })).call.send(post()))).rejects.toThrow(
    'dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

test('the headers of an answer may be longer than Node takes by default', async () => {
  const long = 'x'.repeat(50_000);
  const port = await listen(createServer((_, response) => response.writeHead(200, { 'x-long': long }).end('whole')));
  const { head, text } = await answered((await open({ port })).call.send(post()));
  expect([text, new Headers(head?.headers as [string, string][]).get('x-long')]).toEqual(['whole', long]);
});

test('an answer that is another protocol is an error', async () => {
  const server = createServer();
  server.on('connection', (socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    );
  });
  const { call } = await open({ port: await listen(server) });
  await expect(answered(call.send(post()))).rejects.toThrow(
    'backend tried to switch protocol "x" when "" was requested',
  );
});

test('a server at an address is asked for no name, whatever host the request is for', async () => {
  const asked: unknown[] = [];
  const { certificate: cert, key } = certificate;
  const server = createTlsServer({ cert, key }, (request, response) => {
    asked.push((request.socket as TLSSocket).servername, request.headers.host);
    response.end();
  });
  const { call } = await open({ port: await listen(server as unknown as Server), tls: { insecure: true } });
  await answered(call.send(post('/', [['host', 'islet.example:8443']])));
  expect(asked).toEqual([false, 'islet.example:8443']);
});

test('an answer that breaks off is an error, and frames that cannot be read harm nothing', async () => {
  const port = await listen(
    createServer((request, response) => {
      response.write('half');
      setTimeout(() => request.socket.destroy(), 20);
    }),
  );
  const { call, socket } = await open({ port });
  for (const frame of ['{', 'null', '[]', '{"type":"request"}']) socket.send(frame);
  await expect(answered(call.send(post()))).rejects.toThrow();
});

test('a WebSocket passes messages of both sorts, the protocol, headers and the end', async () => {
  const port = await listen(createServer((_, response) => response.writeHead(403).end()));
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sockets, 'listening');
  closing.push(() => sockets.close());
  sockets.on('connection', (socket, request) => {
    const { host, 'x-mine': mine, 'sec-websocket-protocol': protocol } = request.headers;
    socket.send(`${request.url} ${mine} ${protocol} ${host}`);
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary });
      if (String(data) === 'bye') socket.close(4001, 'as you wish');
    });
  });
  const upgrade = {
    method: 'GET',
    path: '/ws?q',
    headers: [
      ['x-mine', 'yes'],
      ['x-mine', 'too'],
      ['host', 'islet.example'],
    ] as [string, string][],
  };
  const { socket } = await open({ port: (sockets.address() as AddressInfo).port }, undefined, upgrade, 'chat');
  const seen: unknown[] = [];
  socket.on('message', (data: Buffer, isBinary) => seen.push(isBinary ? data.length : String(data)));
  for (const message of [Buffer.alloc(1_000_000, 1), 'text', 'bye']) socket.send(message);
  const [code, reason] = await once(socket, 'close');
  expect(seen).toEqual(['/ws?q yes, too chat islet.example', 1_000_000, 'text', 'bye']);
  expect([code, String(reason)]).toEqual([4001, 'as you wish']);
  const ending = async (at: number) => {
    const [endCode, why] = await once((await open({ port: at }, undefined, upgrade, '')).socket, 'close');
    return [endCode, String(why)];
  };
  expect(await ending(port)).toEqual([1011, 'Unexpected server response: 403']);
  expect(await ending(1)).toEqual([1011, 'dial tcp 127.0.0.1:1: connect: connection refused']);
});
