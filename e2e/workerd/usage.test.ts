/** What clusters use is metered, told as JSON and for Prometheus, and there after the service's end. */
import { expect, test } from 'vitest';
import { send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { get, Machine } from './service.ts';

interface Usage {
  clusters: {
    name: string;
    bytesStored: number;
    objects: number;
    days: { day: string; requests: number; cost: number }[];
    total: {
      requests: number;
      rowsRead: number;
      rowsWritten: number;
      activeSeconds: number;
      bytesSent: number;
      cost: number;
    };
  }[];
  missing: string[];
  prices: { asOf: string };
}

test('an account sees what its clusters use, and what that costs', async () => {
  await using machine = new Machine();
  const first = await machine.up('--nodes', '0').ready();
  const account = (await machine.account()).at(readService(machine.state).server);
  const cluster = await machine.cluster();
  const before = (await get<Usage>(account, '/islet/v1/usage')).clusters[0]!;
  for (let index = 0; index < 20; index++) {
    const body = { metadata: { name: `m-${index}` }, data: { text: 'x'.repeat(10_000) } };
    expect((await send(cluster, 'POST', '/api/v1/namespaces/default/configmaps', body)).status).toBe(201);
  }
  await get(cluster, '/api/v1/configmaps');
  const { clusters, missing, prices } = await get<Usage>(account, '/islet/v1/usage');
  expect([clusters.length, missing, prices.asOf]).toEqual([1, [], expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
  const after = clusters[0]!;
  expect(after.name).toBe('default');
  expect(after.objects - before.objects).toBeGreaterThanOrEqual(20);
  expect(after.bytesStored).toBeGreaterThan(before.bytesStored);
  const grown = (what: keyof Usage['clusters'][number]['total']): number => after.total[what] - before.total[what];
  expect(grown('requests')).toBeGreaterThanOrEqual(21);
  expect(grown('requests')).toBeLessThan(60);
  expect(grown('rowsWritten')).toBeGreaterThan(20);
  expect(grown('rowsRead')).toBeGreaterThan(20);
  expect(grown('bytesSent')).toBeGreaterThan(200_000);
  expect(grown('activeSeconds')).toBeGreaterThan(0);
  expect(grown('cost')).toBeGreaterThan(0);
  expect(after.days[0]?.requests).toBeGreaterThan(20);

  const scraped = await send(account, 'GET', '/islet/v1/usage?format=prometheus');
  expect(scraped.text).toMatch(/^islet_cluster_rows_written_total\{cluster="default",id="\w+"\} \d+$/m);
  expect((await send({ ...account, token: cluster.token }, 'GET', '/islet/v1/usage')).status).toBe(401);

  first.process.kill('SIGTERM');
  await first.ended;
  await machine.up('--nodes', '0').ready();
  const again = (await machine.account()).at(readService(machine.state).server);
  const woken = (await get<Usage>(again, '/islet/v1/usage')).clusters[0]!;
  // The first write of a life comes with its first work; the rest of a minute may be lost.
  expect(woken.total.requests).toBeGreaterThan(0);
}, 60_000);
