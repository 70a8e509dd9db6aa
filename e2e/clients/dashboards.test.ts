/**
 * What the dashboards of others ask for in a browser, or in a server for one, as Headlamp and the Kubernetes Dashboard do:
 * watches and logs over WebSockets, with the token in the header or as a subprotocol. Headlamp's own server is run where
 * HEADLAMP names its program.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../eventually.ts';
import { HEADLAMP, type Headlamp, startHeadlamp } from './headlamp.ts';

const PODS = '/api/v1/namespaces/default/pods';
const LABELS = { app: 'web' };
const SPOKEN = { 'islet.dev/simulated-logs': 'hello from islet' };
const DEPLOYMENT = {
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS, annotations: SPOKEN },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
  },
};

let cluster: TestCluster;
let folder: string;
let pod: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'islet-dashboards-'));
  cluster = await startCluster({ simulatedNodes: 2 });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  await config.makeApiClient(AppsV1Api).createNamespacedDeployment({ namespace: 'default', body: DEPLOYMENT });
  await eventually(async () => {
    const watch = await read(`${cluster.server}${PODS}?watch=1`, [], '"phase":"Running"');
    pod = /"name":"(web-[^"]+)"/.exec(watch.join(''))?.[1] ?? '';
    expect(pod).toMatch(/^web-/);
  }, 60_000);
}, 120_000);
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const clusterHeaders = (): Record<string, string> => ({ authorization: `Bearer ${cluster.token}` });

/** Messages up to the one with that text, or to the end: a refusal is its status. */
function read(url: string, protocols: string[], until = '\0', headers = clusterHeaders()): Promise<string[]> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { ca: cluster.ca, headers });
  const messages: string[] = [];
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.terminate();
      resolve(messages);
    };
    const timer = setTimeout(finish, 20_000);
    socket.once('open', () => messages.push(socket.protocol));
    socket.on('message', (data, isBinary) => {
      messages.push(`${isBinary ? 'bytes' : 'text'}:${data}`);
      if (String(data).includes(until)) finish();
    });
    socket.once('unexpected-response', (_, { statusCode }) => {
      messages.push(String(statusCode));
      finish();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(messages);
    });
    socket.on('error', () => {});
  });
}

test.each(['', '?follow=true'])('the log of a simulated pod comes over a WebSocket%s', async (query) => {
  const url = `${cluster.server}${PODS}/${pod}/log${query}`;
  const [line, encoded] = ['hello from islet\n', btoa('hello from islet\n')];
  expect(await read(url, [], line)).toEqual(['', 'bytes:', `bytes:${line}`]);
  expect(await read(url, ['base64.binary.k8s.io'], encoded)).toEqual([
    'base64.binary.k8s.io',
    'text:',
    `text:${encoded}`,
  ]);
  const token = `base64url.bearer.authorization.k8s.io.${Buffer.from(cluster.token).toString('base64url')}`;
  expect(await read(url, [token, 'binary.k8s.io'], line, {})).toEqual(['binary.k8s.io', 'bytes:', `bytes:${line}`]);
  expect(await read(url, ['channel.k8s.io'])).toEqual(['403']);
  expect(await read(url, [], '\0', { authorization: 'Bearer none' })).toEqual(['401']);
});

describe.skipIf(!HEADLAMP)('Headlamp, with a token', () => {
  let headlamp: Headlamp;
  beforeAll(async () => {
    headlamp = await startHeadlamp(cluster, folder);
  }, 60_000);
  afterAll(() => headlamp?.stop());

  const get = async (path: string) => {
    const answer = await fetch(headlamp.cluster + path, { headers: headlamp.headers });
    return [answer.status, await answer.text()] as const;
  };

  test('its proxy reads objects, metrics and discovery, and nothing without the token', async () => {
    expect((await get(PODS))[1]).toContain(`"name":"${pod}"`);
    await eventually(async () => expect((await get('/apis/metrics.k8s.io/v1beta1/nodes'))[1]).toContain('"cpu":'));
    expect((await get('/openapi/v2'))[0]).toBe(200);
    expect((await fetch(headlamp.cluster + PODS)).status).toBe(403);
  });

  test('watches come by themselves and through its multiplexer, logs as base64', async () => {
    const { address, cluster, headers } = headlamp;
    const direct = cluster + PODS;
    expect((await read(`${direct}?watch=1`, ['base64.binary.k8s.io'], pod, headers)).join('')).toContain(pod);
    const log = await read(
      `${direct}/${pod}/log?follow=true`,
      ['base64.binary.k8s.io'],
      btoa('hello from islet\n'),
      headers,
    );
    expect(log.at(-1)).toBe(`text:${btoa('hello from islet\n')}`);
    const socket = new WebSocket(`${address.replace('http', 'ws')}/wsMultiplexer`, ['headlamp.multiplexer.k8s.io'], {
      headers,
    });
    const seen: string[] = [];
    socket.on('message', (data) => seen.push(String(data)));
    const request = { clusterId: 'islet', path: PODS, query: 'watch=1', userId: 'a', type: 'REQUEST' };
    socket.once('open', () => socket.send(JSON.stringify(request)));
    await eventually(() => expect(seen.join('')).toContain(pod), 30_000).finally(() => socket.terminate());
  });

  test('it drains a node', async () => {
    const { address, headers } = headlamp;
    const body = JSON.stringify({ cluster: 'islet', nodeName: 'sim-0' });
    const answer = await fetch(`${address}/drain-node`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    await eventually(async () => {
      expect((await get('/api/v1/nodes/sim-0'))[1]).toContain('"unschedulable":true');
      expect((await get(`${PODS}?fieldSelector=spec.nodeName=sim-0`))[1]).toContain('"items":[]');
    }, 30_000);
  });
});
