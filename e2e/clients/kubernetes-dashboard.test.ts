/** The server `api` of the Kubernetes Dashboard, where KUBERNETES_DASHBOARD names its program. Its user sends a token. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type TestCluster } from 'islet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../bench/targets/peer.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { eventually } from '../eventually.ts';

const DASHBOARD = process.env.KUBERNETES_DASHBOARD;
if (!DASHBOARD) console.log('skipped: KUBERNETES_DASHBOARD names no program of its server');

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }, annotations: { islet.dev/simulated-logs: hello from islet } }
    spec: { containers: [{ name: c, image: nginx }] }
`;

interface Pods {
  status: { running: number };
  pods: { objectMeta: { name: string }; nodeName: string }[];
}

describe.skipIf(!DASHBOARD)('the Kubernetes Dashboard', () => {
  let cluster: TestCluster;
  let server: ChildProcess;
  let folder: string;
  let address: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-kubernetes-dashboard-'));
    cluster = await startCluster({ simulatedNodes: 1 });
    const [kubeconfig, port] = [join(folder, 'kubeconfig'), await freePort()];
    await writeFile(kubeconfig, cluster.kubeconfig);
    const flags = {
      kubeconfig,
      'insecure-bind-address': '127.0.0.1',
      'insecure-port': port,
      'bind-address': '127.0.0.1',
      port: await freePort(),
      'metrics-provider': 'none',
      'disable-csrf-protection': true,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    server = spawnTied(DASHBOARD ?? '', args, { stdio: ['ignore', 'ignore', 'ignore'] });
    address = `http://127.0.0.1:${port}/api/v1`;
    await eventually(() => ask('GET', '/namespace'), 30_000);
  }, 90_000);
  afterAll(async () => {
    server?.kill('SIGKILL');
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' };
    const answer = await fetch(address + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  const running = (count: number): Promise<Pods> =>
    eventually(async () => {
      const list = await ask<Pods>('GET', '/pod/default');
      expect(list.status.running).toBe(count);
      return list;
    }, 30_000);

  test('makes, shows, scales and deletes a Deployment, with its log and events', async () => {
    const file = { name: '', namespace: 'default', content: MANIFEST, validate: true };
    await ask('POST', '/appdeploymentfromfile', file);
    const [pod] = (await running(1)).pods;
    expect(pod).toMatchObject({ objectMeta: { name: expect.stringMatching(/^web-/) }, nodeName: 'sim-0' });
    const path = `/default/${pod?.objectMeta.name}`;
    expect(await ask('GET', `/log${path}`)).toMatchObject({ logs: [{ content: 'hello from islet' }] });
    const { events } = await ask<{ events: { reason: string }[] }>('GET', `/pod${path}/event`);
    expect(events.map(({ reason }) => reason)).toContain('Scheduled');
    await ask('PUT', '/scale/deployment/default/web?scaleBy=3');
    await running(3);
    await ask('DELETE', '/_raw/deployment/namespace/default/name/web');
    await running(0);
  }, 120_000);

  test('tells a user who may not', async () => {
    const headers = { authorization: 'Bearer none' };
    expect((await fetch(`${address}/pod/default`, { headers })).status).toBe(401);
  });
});
