/** Time travel: a moment is looked at on every page, two are compared, and one is brought back and undone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import type { HistoryRange } from '../../wire/history.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const WEB = `${deploymentsIn('shop')}/web`;

describe.skipIf(skip)('time travel', () => {
  let rig: DashboardRig;
  let page: Page;
  /** When there were two replicas, and no ConfigMap. */
  let early = 0;

  const send = (method: string, path: string, body?: object, headers?: object) =>
    call<{ spec: { replicas: number } }>(rig.cluster, method, path, body, headers as never);
  const newest = async () => (await call<HistoryRange>(rig.cluster, 'GET', '/islet/v1/history')).newest.revision;
  const replicas = async () => (await send('GET', WEB)).spec.replicas;
  const bar = () => page.getByRole('region', { name: 'Time travel' });
  const readyPods = () => page.locator('table.workloads tr', { hasText: 'web' }).first();

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await send('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await send('POST', deploymentsIn('shop'), deployment('web', 2));
    await untilAvailable(2);
    early = await newest();
    await send('POST', '/api/v1/namespaces/shop/configmaps', { metadata: { name: 'colours' }, data: { sky: 'blue' } });
    const scaled = { ...(await send('GET', WEB)) };
    await send('PUT', WEB, { ...scaled, spec: { ...scaled.spec, replicas: 5 } });
    await untilAvailable(5);
    await page.goto(rig.address);
    await page.locator('.live.is-live').waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  async function untilAvailable(count: number): Promise<void> {
    for (;;) {
      const { status } = (await send('GET', WEB)) as unknown as { status: { availableReplicas?: number } };
      if (status.availableReplicas === count) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  test('the bar of time shows where changes were, and a key moves to a moment', async () => {
    await readyPods().getByText('5/5').waitFor();
    await page.getByRole('button', { name: 'Look back in time' }).click();
    await bar().getByText('You see the cluster as it is').waitFor();
    expect(await bar().locator('.density rect').count()).toBeGreaterThan(2);
    expect(await findBarriers(page)).toEqual([]);
    await bar().getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    await bar().getByText('You see').waitFor();
    await expect.poll(() => page.url()).toContain('&at=');
    await page.locator('.live.is-past').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.locator('.live.is-live').waitFor();
    expect(page.url()).not.toContain('&at=');
  });

  test('overview, tables and details show the moment, and offer no change', async () => {
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&at=${early}`);
    await readyPods().getByText('2/2').waitFor();
    await bar().getByText(`revision ${early}`).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'history-past');
    await page.getByRole('link', { name: 'Resources' }).first().click();
    await page.locator('tr.row').nth(1).waitFor();
    expect(await page.locator('tr.row', { hasText: 'web-' }).count()).toBe(2);
    await page.goto(
      `${new URL(page.url()).origin}/#cluster=default&page=resources&resource=v1/configmaps&namespace=shop&at=${early}`,
    );
    await page.locator('tr.row', { hasText: 'kube-root-ca.crt' }).waitFor();
    expect(await page.getByText('colours').count()).toBe(0);
    await screenshot(page, 'history-table');
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&show=deployments/shop/web&tab=YAML&at=${early}`);
    await page.locator('aside.drawer pre', { hasText: 'replicas: 2' }).waitFor();
    expect(await page.locator('aside.drawer nav.tabs').textContent()).not.toContain('Logs');
  });

  test('it plays from change to change', async () => {
    const now = () => Number(/at=(\d+)/.exec(page.url())?.[1] ?? 0);
    const before = now();
    await bar().getByRole('button', { name: 'Play' }).click();
    await expect.poll(now, { timeout: 10_000 }).toBeGreaterThan(before);
    await bar().getByRole('button', { name: 'Pause' }).click();
    await bar().getByRole('button', { name: 'To the change before' }).click();
  });

  test('a page that is of now leads out of the past', async () => {
    await page.getByRole('link', { name: 'Create' }).click();
    await page.locator('.live.is-live').waitFor();
    expect(page.url()).not.toContain('&at=');
  });

  test('changes say who did what, and show it', async () => {
    await page.getByRole('link', { name: 'History' }).click();
    const row = page.locator('.history li', { hasText: 'configmaps/colours' });
    await row.getByRole('button', { expanded: false }).click();
    await row.locator('.cm-content', { hasText: 'sky: blue' }).waitFor();
    await expect.poll(() => findBarriers(page)).toEqual([]);
    await screenshot(page, 'history');
    const byController = page.locator('.history li', { hasText: 'replicaset-controller' });
    await byController.first().waitFor();
    await page.getByLabel('Only what people asked for').check();
    await expect.poll(() => byController.count()).toBe(0);
    await page.locator('.history li', { hasText: 'scaled from 2 to 5' }).first().waitFor();
    await page.getByLabel('Only what people asked for').uncheck();
    await byController.first().waitFor();
  });

  test('two moments are compared', async () => {
    await page.getByLabel('From revision').fill(String(early));
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    const found = page.getByRole('region', { name: 'Differences' });
    await found.getByText('configmaps/colours').waitFor();
    await found.getByRole('button', { name: /deployments.apps\/web/ }).click();
    await found.locator('.cm-content', { hasText: 'replicas: 5' }).waitFor();
    await screenshot(page, 'history-compare');
  });

  test('a rewind says what it takes, does it, and is undone', async () => {
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&page=history&namespace=shop&at=${early}`);
    await page.getByRole('button', { name: 'Rewind the namespace shop to it' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('changes would be made').waitFor();
    await dialog.getByText('spec.replicas').waitFor();
    await dialog.getByText(`npx islet clusters rewind default --revision ${early} -n shop --yes`).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'history-rewind');
    await dialog.getByRole('button', { name: 'Rewind' }).click();
    await page.getByText('changes are made').waitFor();
    await page.locator('.live.is-live').waitFor();
    expect(await replicas()).toBe(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('It is as it was before the rewind.').waitFor();
    expect(await replicas()).toBe(5);
  });

  test('a fork from the moment has the objects of then', async () => {
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&page=history&at=${early}`);
    await page.getByRole('button', { name: 'Fork from it' }).click();
    await page.getByRole('dialog').getByText(`fork default default-copy --revision ${early}`).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Fork', exact: true }).click();
    await page.getByRole('button', { name: 'Open' }).click();
    await page.locator('.live.is-live').waitFor();
    await readyPods().getByText('2/2').waitFor();
    await page.goto(`${new URL(page.url()).origin}/#cluster=default`);
    await readyPods().getByText('5/5').waitFor();
  });

  test('a revision that is not kept is told of, and the way back stands beside it', async () => {
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&at=1`);
    await bar().getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await readyPods().waitFor();
    rig.expectComplaint(/status of 4(04|10)/);
    expect(rig.problems).toEqual([]);
  });

  test('dark, on a phone', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${new URL(page.url()).origin}/#cluster=default&page=history&at=${early}`);
    await bar().getByText(`revision ${early}`).waitFor();
    await page.locator('.history .rows li').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await screenshot(page, 'history-phone-dark');
  });
});
