/**
 * An aggregated API behind a node's agent: it is shown a certificate for the agent's own key, and the order to call it
 * carries no key.
 */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { ClusterSocket } from '../../agent/api/socket.ts';
import { systemClock as clock } from '../../agent/clock.ts';
import { makeClientKey } from '../../agent/streams/client-key.ts';
import { type StreamOrder, StreamServer } from '../../agent/streams/serve.ts';
import { createAuthority, issueServer } from '../../cli/local/certificates.ts';
import { send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { Machine } from './service.ts';

const log = { info() {}, warn() {}, error() {} };

/** Of this machine: endpoints have none of the loopback. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

test.skipIf(ownAddress === undefined)(
  'an agent shows an aggregated API a certificate of the cluster’s, for a key that never leaves the agent',
  async () => {
    await using machine = new Machine();
    await machine.up('--nodes', '0').ready();
    const cluster = await machine.cluster();
    const node = await machine.join('n1');
    expect((await send(node, 'POST', '/api/v1/nodes', { metadata: { name: 'n1' } })).status).toBe(201);

    const clientKey = makeClientKey();
    const options = { server: node.server, ca: node.ca, token: () => node.token ?? '', userAgent: 'test' };
    const streams = new StreamServer({ ...options, clientKey }, { log } as never);
    const orders: StreamOrder[] = [];
    const link = new ClusterSocket(
      { ...options, publicKey: clientKey.publicKey, clock, random: Math.random, log },
      {
        up() {},
        down() {},
        refused() {},
        events() {},
        message(message) {
          if (message.type !== 'open-stream') return;
          orders.push(message);
          streams.open(message);
        },
      },
    );
    link.dial();
    await eventually(() => expect(link.open).toBe(true));

    const found = await send(
      cluster,
      'GET',
      '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
    );
    const { data } = JSON.parse(found.text) as { data: Record<string, string> };
    const pair = await issueServer(await createAuthority(Date.now()), ['back.default.svc'], Date.now());
    const seen: unknown[] = [];
    const server = createServer(
      { cert: pair.certificate, key: pair.key, ca: data['requestheader-client-ca-file'], requestCert: true },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        seen.push([socket.authorized, socket.getPeerCertificate().subject?.CN, request.headers['x-remote-user']]);
        response.setHeader('content-type', 'application/json').end('{"kind":"APIResourceList","resources":[]}');
      },
    );
    server.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const service = { namespace: 'default', name: 'back', port };
    const made = await send(cluster, 'POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'back' },
      spec: { ports: [{ port }] },
    });
    expect(made.status, made.text).toBe(201);
    const slice = await send(cluster, 'POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      metadata: { name: 'back', labels: { 'kubernetes.io/service-name': 'back' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [ownAddress], nodeName: 'n1' }],
      ports: [{ name: '', port }],
    });
    expect(slice.status, slice.text).toBe(201);
    const group = { group: 'back.dev', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
    const registered = await send(cluster, 'POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: 'v1.back.dev' },
      spec: { ...group, insecureSkipTLSVerify: true, service },
    });
    expect(registered.status, registered.text).toBe(201);
    await eventually(
      async () => expect((await send(cluster, 'GET', '/apis/back.dev/v1/things')).status).toBe(200),
      20_000,
    );
    expect(seen.at(-1)).toEqual([true, 'front-proxy-client', expect.any(String)]);
    expect(new Set(seen.map((one) => String((one as unknown[])[0])))).toEqual(new Set(['true']));
    expect(orders.length).toBeGreaterThan(1);
    expect(JSON.stringify(orders)).not.toContain('PRIVATE KEY');
    link.close();
    streams.close();
    server.closeAllConnections();
    server.close();
  },
  120_000,
);
