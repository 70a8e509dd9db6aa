import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { FakeClock, settle } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { Steps } from '../testing/steps.ts';
import { ServiceList } from './services.ts';

const folder = mkdtempSync(join(tmpdir(), 'islet-services-'));
const path = join(folder, 'services.json');
afterEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

test('Services are unknown until they were read once, and known from the disk when the cluster is away', async () => {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  const put = (name: string) => {
    const metadata = { name, namespace: 'd' };
    cluster.put(`/api/v1/namespaces/d/services/${name}`, { apiVersion: 'v1', kind: 'Service', metadata });
  };
  const open = () => {
    const ports = { clock, path, server: 'https://islet.example/clusters/c', warn: () => {}, synced: () => {} };
    const list = new ServiceList({ ...cluster.connect(new Steps()), ...ports });
    list.start();
    return list;
  };
  put('a');
  put('b');
  const first = open();
  expect(first.all).toBeUndefined();
  await settle();
  expect(first.all).toHaveLength(2);
  await clock.advance(6_000);
  first.stop();
  cluster.reachable = false;
  const away = open();
  await settle();
  expect(away.all?.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  cluster.removeAt('/api/v1/namespaces/d/services/b');
  cluster.reachable = true;
  const back = open();
  await settle();
  expect(back.all?.map(({ metadata }) => metadata.name)).toEqual(['a']);
  for (const list of [away, back]) list.stop();
  expect(existsSync(path)).toBe(true);
});

test.each([
  ['https://islet.example/clusters/abcdefghij', 'islet.example', 443],
  ['https://[2001:db8::1]:7443/clusters/abcdefghij', '2001:db8::1', 7443],
])('to containers the kubernetes Service is where %s leads', async (server, host, port) => {
  const clock = new FakeClock();
  const cluster = new FakeCluster(clock);
  for (const namespace of ['default', 'other']) {
    cluster.put(`/api/v1/namespaces/${namespace}/services/kubernetes`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', namespace },
      spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
    });
  }
  const ports = { clock, path, server, warn: () => {}, synced: () => {} };
  const list = new ServiceList({ ...cluster.connect(new Steps()), ...ports });
  list.start();
  await settle();
  const [own, other] = list.all ?? [];
  expect([own?.spec?.clusterIP, own?.spec?.ports]).toEqual([host, [{ name: 'https', protocol: 'TCP', port }]]);
  expect(other?.spec?.clusterIP).toBe('10.96.0.1');
  list.stop();
});
