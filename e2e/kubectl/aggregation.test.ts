/**
 * An aggregated API: a process on this machine with a certificate of an authority of its own, which knows its clients.
 */
import { once } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createAuthority, issueServer } from '../../cli/local/certificates.ts';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const VERSION = '/apis/back.dev/v1';
const THING = { apiVersion: 'back.dev/v1', kind: 'Thing', metadata: { name: 'one', namespace: 'default' } };

interface Asked {
  method: string;
  url: string;
  headers: Record<string, string[] | undefined>;
  body: string;
}

/** Watches whose client has left. */
const departed: string[] = [];

/** `authority`: of the clients that may name users. What it is asked is told to `seen`. */
async function serve(pair: { certificate: string; key: string }, authority: string, seen: Asked[]): Promise<Server> {
  const options = {
    cert: pair.certificate,
    key: pair.key,
    ca: authority,
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createServer(options, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headersDistinct: headers } = request;
      const socket = request.socket as TLSSocket;
      if (!socket.authorized || socket.getPeerCertificate().subject.CN !== 'front-proxy-client') {
        return response.writeHead(401).end();
      }
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      response.setHeader('content-type', 'application/json');
      if (url === VERSION) return response.end(JSON.stringify(RESOURCES));
      if (url.includes('redirect')) return response.writeHead(302, { location: 'https://example.com/' }).end();
      if (method === 'PUT') {
        const type = String(request.headers['content-type']);
        return response.setHeader('content-type', type).end(Buffer.concat([...chunks, Buffer.from([0, 255])]));
      }
      if (url.includes('watch=forever')) {
        const events = setInterval(() => response.write('{}\n'), 100);
        return response.once('close', () => {
          clearInterval(events);
          departed.push(url);
        });
      }
      if (url.includes('watch=')) {
        response.write(`${JSON.stringify({ type: 'ADDED', object: THING })}\n`);
        return setTimeout(() => response.end(`${JSON.stringify({ type: 'DELETED', object: THING })}\n`), 500);
      }
      if (url.startsWith(`${VERSION}/namespaces/default/things/one`)) return response.end(JSON.stringify(THING));
      if (url.startsWith(`${VERSION}/namespaces/default/things`)) {
        return response.end(
          JSON.stringify(
            method === 'POST' ? THING : { kind: 'ThingList', apiVersion: 'back.dev/v1', metadata: {}, items: [THING] },
          ),
        );
      }
      return response.writeHead(404).end('{}');
    });
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered].at(-1) ?? false });
  server.on('upgrade', (request, connection, head) => {
    if (request.url?.endsWith('/none')) return connection.end('HTTP/1.1 403 No\r\ncontent-length: 3\r\n\r\nno!');
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.send(JSON.stringify([request.url, request.headersDistinct['x-remote-user']]));
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'back.dev/v1',
  resources: [
    {
      name: 'things',
      singularName: 'thing',
      namespaced: true,
      kind: 'Thing',
      verbs: ['create', 'get', 'list', 'watch'],
      shortNames: ['th'],
    },
  ],
};

describe.skipIf('skip' in found)('an aggregated API', () => {
  let kubectl: Kubectl;
  let server: Server;
  const seen: Asked[] = [];
  let condition: () => Promise<string>;

  beforeAll(async () => {
    kubectl = await Kubectl.open();
    const map = JSON.parse(await kubectl.ok('get cm -n kube-system extension-apiserver-authentication -o json'));
    expect(map.data['requestheader-allowed-names']).toBe('["front-proxy-client"]');
    const authority = await createAuthority(Date.now());
    const pair = await issueServer(authority, ['back.default.svc'], Date.now());
    server = await serve(pair, map.data['requestheader-client-ca-file'], seen);
    const { port } = server.address() as AddressInfo;
    const objects = [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'back' },
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
      },
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.back.dev' },
        spec: {
          group: 'back.dev',
          version: 'v1',
          groupPriorityMinimum: 2000,
          versionPriority: 10,
          caBundle: Buffer.from(authority.certificate).toString('base64'),
          service: { namespace: 'default', name: 'back', port },
        },
      },
    ];
    condition = () =>
      kubectl.ok(
        `get apiservice v1.back.dev -o jsonpath={.status.conditions[0].reason}:{.status.conditions[0].message}`,
      );
    for (const object of objects) await kubectl.ok('apply -f -', JSON.stringify(object));
    await eventually(async () => expect(await condition()).toBe('Passed:all checks passed'));
  });
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    await kubectl?.[Symbol.asyncDispose]();
  });

  test('is found, listed and got, by a user that it is told', async () => {
    expect(await kubectl.ok('api-resources --api-group=back.dev')).toMatch(/things +th +back.dev\/v1 +true +Thing/);
    expect(await kubectl.ok('get apiservice v1.back.dev')).toMatch(/v1.back.dev +default\/back +True/);
    expect(await kubectl.ok('get th -o name')).toBe('thing.back.dev/one\n');
    await kubectl.ok('get things one --as bob --as-group devs --as-group system:masters --as-uid 7');
    const headers: Asked['headers'] = seen.findLast(({ url }) => url.endsWith('/things/one'))?.headers ?? {};
    expect(headers['x-remote-user']).toEqual(['bob']);
    expect(headers['x-remote-group']).toEqual(['devs', 'system:masters', 'system:authenticated']);
    expect(headers['x-remote-uid']).toEqual(['7']);
    expect([headers.authorization, headers['impersonate-user']]).toEqual([undefined, undefined]);
  });

  test('is sent what clients write, and its watches come as they are written', async () => {
    await kubectl.ok('create -f -', JSON.stringify(THING));
    expect(seen.findLast(({ method }) => method === 'POST')?.body).toContain('"kind":"Thing"');
    expect(await kubectl.ok('get things -w -o name')).toBe('thing.back.dev/one\n'.repeat(3));
  });

  const ask = async (path: string, options: RequestOptions = {}, body?: Uint8Array): Promise<IncomingMessage> => {
    const { server: url, token, ca } = kubectl.cluster;
    const headers = { ...(options.headers as object), authorization: `Bearer ${token}` };
    const asking = httpsRequest(`${url}${path}`, { ...options, headers, ca });
    asking.on('error', () => {});
    asking.end(body);
    return (await once(asking, 'response'))[0];
  };

  test('bytes that are no text pass unharmed in both directions', async () => {
    for (const type of ['application/vnd.kubernetes.protobuf', 'application/cbor']) {
      const body = new Uint8Array([0x6b, 0x38, 0x73, 0, 0xff, 0xfe, 0x80, 0xc3, 0x28]);
      const answer = await ask(`${VERSION}/things/one`, { method: 'PUT', headers: { 'content-type': type } }, body);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
      expect([...Buffer.concat(await answer.toArray())]).toEqual([...body, 0, 255]);
    }
  });

  test('a watch ends at its server with the next event after its client has left', async () => {
    const answer = await ask(`${VERSION}/things?watch=forever`);
    await once(answer, 'data');
    answer.destroy();
    await eventually(async () => expect(departed.length).toBe(1), 10_000);
  });

  test('a WebSocket is opened as the server answers, and by a user that it is told', async () => {
    const open = (path: string): WebSocket =>
      new WebSocket(`${kubectl.cluster.server.replace(/^http/, 'ws')}${path}`, ['chat', 'talk'], {
        headers: { authorization: `Bearer ${kubectl.cluster.token}`, 'x-remote-user': 'mallory' },
        ca: kubectl.cluster.ca,
      });
    const socket = open(`${VERSION}/namespaces/default/things/one/console?a=b`);
    const seen: string[] = [];
    socket.on('message', (data) => seen.push(String(data)));
    await once(socket, 'open');
    expect(socket.protocol).toBe('talk');
    socket.send('hello');
    await eventually(async () => expect(seen.length).toBe(2));
    const [url, user] = JSON.parse(seen[0] ?? '');
    expect([url, user.length, seen[1]]).toEqual([`${VERSION}/namespaces/default/things/one/console?a=b`, 1, 'hello']);
    expect(user).not.toContain('mallory');
    socket.close();
    const refused = open(`${VERSION}/namespaces/default/things/none`);
    const [request, answer] = await once(refused, 'unexpected-response');
    expect(answer.statusCode).toBe(403);
    request.destroy();
  });

  test('authorisation comes first, and a redirect leads nowhere', async () => {
    const asked = seen.length;
    expect(await kubectl.fails('get things --as nobody')).toContain('things.back.dev is forbidden');
    expect(seen.length).toBe(asked);
    expect(await kubectl.fails(`get --raw ${VERSION}/redirect`)).toContain(
      'the backend attempted to redirect this request',
    );
  });

  test('an aggregated API that does not answer is unavailable in upstream’s words', async () => {
    server.close();
    server.closeAllConnections();
    expect(await kubectl.fails('get --raw /apis/back.dev/v1/namespaces/default/things')).toContain(
      'the server is currently unable to handle the request',
    );
    await kubectl.ok('annotate service back changed=1');
    await kubectl.ok('patch service back --type=merge -p {"spec":{"externalName":"127.0.0.1"}}');
    await eventually(async () => {
      await kubectl.fails('get --raw /apis/back.dev/v1');
      expect(await condition()).toMatch(
        /^FailedDiscoveryCheck:failing or missing response from https:.*connect: connection refused \(through the local launcher\)$/,
      );
    });
    expect(await kubectl.ok('get pods')).toBe('');
    await kubectl.ok('delete apiservice v1.back.dev');
    expect(await kubectl.fails('get things')).toContain('(NotFound)');
  });
});
