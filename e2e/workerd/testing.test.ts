/** `islet/testing` as another project's test file uses it: by its published name, with the published client library. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { startCluster } from 'islet/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { eventually } from '../eventually.ts';

/** Temporary files go here, apart from those of other processes. */
const folder = mkdtempSync(join(tmpdir(), 'islet-testing-'));
beforeAll(() => void vi.stubEnv('TMPDIR', folder));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a cluster of their own runs what they deploy, and leaves nothing behind', async () => {
  const before = children();
  let server = '';
  {
    await using cluster = await startCluster({ simulatedNodes: 1 });
    server = cluster.server;
    const config = new KubeConfig();
    config.loadFromString(cluster.kubeconfig);
    const [apps, core] = [config.makeApiClient(AppsV1Api), config.makeApiClient(CoreV1Api)];
    const labels = { app: 'web' };
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
        },
      },
    });
    await eventually(async () => {
      const { items } = await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app=web' });
      expect(items.map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
    });
  }
  await expect(fetch(server)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
  expect(children()).toEqual(before);
});

test('two of them at a time know nothing of each other', async () => {
  await using one = await startCluster({ simulatedNodes: 0 });
  await using two = await startCluster({ simulatedNodes: 0 });
  const clients = [one, two].map(({ kubeconfig }) => {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    return config.makeApiClient(CoreV1Api);
  });
  await clients[0]?.createNamespace({ body: { metadata: { name: 'only-here' } } });
  const names = await Promise.all(clients.map(async (client) => (await client.listNamespace()).items.length));
  expect(names).toEqual([5, 4]);
});

test('a process that forgets to stop its cluster ends all the same, and the cluster with it', async () => {
  const program = `
    import { startCluster } from 'islet/testing';
    console.log((await startCluster({ simulatedNodes: 0 })).server);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const server = text(child.stdout);
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  const address = (await server).trim();
  await eventually(() => expect(fetch(address)).rejects.toThrow());
}, 30_000);

/** Processes that this one has started, where the system tells. */
function children(): string {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  } catch {
    return '';
  }
}
