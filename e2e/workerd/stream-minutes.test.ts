/** Streams of an account are open for so long a day: then they end, with the reason, and none begins. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import type { AccountUsage } from '../../wire/usage-rpc.ts';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';
import { joinNode, PODS, ServingNode, skip } from './serving-node.ts';

interface Rig {
  browser: Browser;
  cluster: Endpoint;
  node: ServingNode;
  dial(): WebSocket;
  path: string;
}

/** A visitor with so many minutes, a cluster of theirs, and a node in it. */
async function rig(machine: Machine, streamMinutes: number, obeys = true): Promise<Rig> {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const env = ['ISLET_VISITORS=true', `ISLET_QUOTA_VISITOR=streamMinutes=${streamMinutes}`];
  const service = machine.command('env', ...env, process.execPath, 'cli/islet.mjs', 'up', ...own);
  const browser = Browser.of(await service.ready()).another();
  expect((await browser.ask('POST', '/islet/v1/session/visitor', {})).status).toBe(201);
  const made = await browser.ask('POST', '/islet/v1/clusters', { name: 'shop' });
  const { id, token } = made.json as { id: string; token: string };
  const { server, ca } = readService(machine.state);
  const cluster: Endpoint = { server: `${server}/clusters/${id}`, ca, token };
  const node = await ServingNode.open(await joinNode(cluster), (_, response) => response.end('page'), obeys);
  await node.pod(cluster, 'web');
  const path = `${PODS}/web:${node.port}/proxy/`;
  const headers = { authorization: `Bearer ${token}` };
  const address = `${cluster.server.replace('https', 'wss')}${path}live`;
  return {
    browser,
    cluster,
    node,
    path,
    dial: () => new WebSocket(address, { ca, headers, perMessageDeflate: false }),
  };
}

test.skipIf(skip)(
  'a visitor’s streams end with the day’s minutes, and are told why',
  async () => {
    await using machine = new Machine();
    const { browser, cluster, node, dial, path } = await rig(machine, 0.1);
    await using _ = node;
    const usage = async () => {
      const { clusters, streamSeconds } = (await browser.ask('GET', '/islet/v1/usage')).json as AccountUsage;
      return { ofAccount: streamSeconds, ofCluster: clusters[0]?.days[0]?.streamSeconds ?? 0 };
    };

    // One that is closed counts no longer.
    const first = dial();
    await once(first, 'open');
    first.close();
    await once(first, 'close');
    const second = dial();
    await once(second, 'open');
    second.send('hello');
    const [said] = await once(second, 'message');
    expect(String(said)).toBe('echo hello');
    const begun = Date.now();
    const [code, reason] = await once(second, 'close');
    expect([code, String(reason)]).toEqual([
      1011,
      expect.stringMatching(/^this account's 0.1 stream minutes of today are used up: .*, or sign in for more$/),
    ]);
    expect(Date.now() - begun).toBeGreaterThan(2_000);

    const refused = dial();
    const [, answer] = await once(refused, 'unexpected-response');
    expect(answer.statusCode).toBe(403);
    refused.on('error', () => {});
    refused.terminate();
    const logs = await send(cluster, 'GET', `${PODS}/web/log?follow=true`);
    expect([logs.status, logs.text]).toEqual([403, expect.stringContaining('after midnight UTC, or sign in for more')]);
    // What ends at once is served all the same.
    expect((await send(cluster, 'GET', path)).status).toBe(200);

    await eventually(async () => {
      const { ofAccount, ofCluster } = await usage();
      expect(ofAccount).toBeGreaterThanOrEqual(6);
      expect(ofAccount).toBeLessThan(20);
      expect(ofCluster).toBeGreaterThanOrEqual(6);
    });
    const before = await usage();
    await eventually(async () => expect((await usage()).ofCluster).toBe(before.ofCluster));
  },
  120_000,
);

test.skipIf(skip)(
  'a stream that its agent does not end is cut',
  async () => {
    await using machine = new Machine();
    const { node, dial } = await rig(machine, 0.05, false);
    await using _ = node;
    const stream = dial();
    stream.on('error', () => {});
    await once(stream, 'open');
    const [code] = await once(stream, 'close');
    expect(code).toBe(1006);
  },
  120_000,
);
