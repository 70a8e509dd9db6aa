/** A page with charts that is left open does not wake a cluster in which nothing changes. */
import { expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { get } from '../workerd/service.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

/** The runtime lets an object sleep ten seconds after the last work, which ends two seconds after all pods run. */
const FALLING_ASLEEP_MS = 15_000;
/** Charts are drawn anew each fifteen seconds. */
const TURN_MS = 16_000;

test.skipIf(skip)('the chart of all nodes goes on while the cluster sleeps', { timeout: 120_000 }, async () => {
  await using rig = await DashboardRig.open();
  const { page, cluster } = rig;
  await call(cluster, 'POST', deploymentsIn('default'), deployment('web', 2));
  await rig.enter();
  await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  await page.locator('.usage-chart').first().waitFor();
  await eventually(async () => {
    const { status } = await call<{ status: { availableReplicas?: number } }>(
      cluster,
      'GET',
      `${deploymentsIn('default')}/web`,
    );
    expect(status.availableReplicas).toBe(2);
  });
  await new Promise((resolve) => setTimeout(resolve, FALLING_ASLEEP_MS));
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  expect(asked).toEqual([]);
  const asleepAt = Date.now();
  // This request is what wakes it.
  const { awakeSince } = await get<{ awakeSince: number }>(cluster, '/islet/v1/stats');
  expect(awakeSince).toBeGreaterThanOrEqual(asleepAt);
  expect(rig.problems).toEqual([]);
});
