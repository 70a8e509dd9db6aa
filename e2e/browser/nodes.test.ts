/** Nodes are added, stressed and removed on their page. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';

describe.skipIf(skip)('the page of nodes', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await rig.enter();
    await page.getByRole('link', { name: 'Nodes', exact: true }).click();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const row = (name: string) => page.locator(`tr[data-node="${name}"]`);

  test('simulated nodes are added, with a zone, a capacity and a taint', async () => {
    await page.getByRole('button', { name: 'Add simulated nodes' }).click();
    await page.getByLabel('How many').fill('2');
    await page.getByLabel('Zone').fill('zone-a');
    await page.getByLabel('Capacity').fill('cpu=4,memory=8Gi');
    await page.getByLabel('Taint').fill('own=yes:NoSchedule');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const added = page.locator('tr[data-node]', { hasText: 'zone-a' });
    await added.filter({ hasText: 'of 4' }).nth(1).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'nodes');
  });

  test('one is stressed, and the cluster has it so', async () => {
    await page.getByLabel('Stress of sim-1').selectOption('ready');
    await row('sim-1').getByText('NotReady').waitFor();
    await page.getByLabel('Stress of sim-1').selectOption('');
    await row('sim-1').getByText('Ready', { exact: true }).waitFor();
  });

  test('one is removed', async () => {
    await row('sim-4').getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await row('sim-4').waitFor({ state: 'detached' });
    expect(await row('sim-3').count()).toBe(1);
  });

  test('a machine gets a line that names the API, and is told of once it is here', async () => {
    await page.getByRole('button', { name: 'Add a machine' }).click();
    await page.getByRole('button', { name: 'Make the line' }).click();
    const line = page.locator('.islet-line code');
    await line.waitFor();
    expect(await line.textContent()).toMatch(
      new RegExp(`^npx islet join --server https://[^/]+:${rig.port}/clusters/\\w+ --token ey`),
    );
    await page.getByText('Waiting for the machine').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'nodes-machine');
    await call(rig.cluster, 'POST', '/api/v1/nodes', { metadata: { name: 'box' } });
    await page.getByText('box is here, and gets ready').waitFor();
    const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }];
    await call(rig.cluster, 'PUT', '/api/v1/nodes/box/status', { metadata: { name: 'box' }, status: { conditions } });
    await page.getByText('box is here.').waitFor();
    await page.getByRole('link', { name: 'Create something that runs there' }).waitFor();
    await screenshot(page, 'nodes-here');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.setViewportSize({ width: 360, height: 740 });
    await screenshot(page, 'nodes-phone');
    expect(rig.problems).toEqual([]);
  });
});
