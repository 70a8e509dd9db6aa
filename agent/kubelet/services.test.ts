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
    const list = new ServiceList({ ...cluster.connect(new Steps()), clock, path, warn: () => {}, synced: () => {} });
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
