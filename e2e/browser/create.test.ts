/** Objects made from YAML in the page: checked first, applied in order, with what is wrong at its line. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps';
const SHOP = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {level: info}
`;
const BAD = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  level: debug
---
apiVersion: apps/v1
kind: Deploymnt
metadata: {name: x}
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
  - port: 99999
`;

describe.skipIf(skip)('the page “Create”', () => {
  let rig: DashboardRig;
  let page: Page;
  const content = () => page.locator('.create > .code .cm-content');
  const row = (object: string) => page.locator(`tr[data-object="${object}"]`);
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  async function write(text: string): Promise<void> {
    await content().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await page.goto(rig.address);
    await page.locator('[data-node]').first().waitFor();
    await page.evaluate(() => {
      location.hash = '#cluster=default&page=create';
    });
    await content().waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('a template is checked, applied, and runs', async () => {
    await button('Templates').click();
    await page.getByRole('menuitem', { name: 'Deployment + Service' }).click();
    await button('Check').click();
    await row('Deployment/web').getByText('would be created').waitFor();
    await row('Service/web').getByText('would be created').waitFor();
    await screenshot(page, 'create-checked');
    const before = await call<{ items: unknown[] }>(rig.cluster, 'GET', '/apis/apps/v1/deployments');
    expect(before.items).toEqual([]);
    await button('Apply 2 objects').click();
    await page.getByText('2 objects are applied.').waitFor();
    await row('Deployment/web').getByText('created', { exact: true }).waitFor();
    const after = await call<{ items: unknown[] }>(rig.cluster, 'GET', '/apis/apps/v1/deployments');
    expect(after.items).toHaveLength(1);
    rig.expectComplaint(/status of 404/);
  });

  test('what needs a Namespace of the same text waits for it', async () => {
    await write(SHOP);
    await button('Check').click();
    await row('ConfigMap/settings').getByText('waits for Namespace shop').waitFor();
    await button('Apply 2 objects').click();
    await row('ConfigMap/settings').getByText('created', { exact: true }).waitFor();
    expect(await call(rig.cluster, 'GET', `${MAPS}/settings`)).toMatchObject({ data: { level: 'info' } });
    rig.expectComplaint(/status of 404/);
  });

  test('each object says what is wrong with it, and where; none is applied', async () => {
    await write(BAD);
    await button('Check').click();
    await row('ConfigMap/settings').getByText('would be changed').waitFor();
    await row('ConfigMap/settings').getByRole('button', { name: 'what changes' }).click();
    await row('ConfigMap/settings').locator('.diff').getByText('level: debug').waitFor();
    await row('Deploymnt/x').getByText('There is no Deploymnt in apps/v1 in this cluster.').waitFor();
    await row('Service/web').getByText('spec.ports[0].port: Invalid value').waitFor();
    await row('Service/web').getByRole('button', { name: 'line 19' }).first().click();
    await screenshot(page, 'create-wrong');
    expect(await button('Check').isVisible()).toBe(true);
    await write('a: [1\n');
    await button('Check').click();
    await page.getByRole('alert').getByText('Flow sequence').waitFor();
    rig.expectComplaint(/status of (404|422)/);
  });

  test('another manager’s fields are taken over only when that is asked for', async () => {
    const live = await call<object>(rig.cluster, 'GET', `${MAPS}/settings`);
    await call(rig.cluster, 'PUT', `${MAPS}/settings?fieldManager=operator`, { ...live, data: { level: 'warn' } });
    await write(BAD.slice(0, BAD.indexOf('---')));
    await button('Check').click();
    await row('ConfigMap/settings').getByText('operator: .data.level').waitFor();
    await screenshot(page, 'create-conflict');
    await button('Take over').click();
    await row('ConfigMap/settings').getByText('would be changed').waitFor();
    await button('Apply 1 object').click();
    await row('ConfigMap/settings').getByText('changed', { exact: true }).waitFor();
    expect(await call(rig.cluster, 'GET', `${MAPS}/settings`)).toMatchObject({ data: { level: 'debug' } });
    rig.expectComplaint(/status of 409/);
  });

  test('files are put together; 10 MB of YAML do not hold up the page', async () => {
    await write('');
    const one = { name: 'b.yaml', mimeType: 'text/yaml', buffer: Buffer.from('kind: B\n') };
    const two = { name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{"kind": "A"}') };
    await page.locator('input[type="file"]').setInputFiles([one, two]);
    await content().getByText('# b.yaml').waitFor();
    expect(await content().innerText()).toContain('{"kind": "A"}\n---\n# b.yaml\nkind: B');
    const map = (name: number) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big-${name}}\ndata:\n  a: ${'x'.repeat(100)}\n  b: |\n${'    some text\n'.repeat(800)}`;
    const big = Array.from({ length: 900 }, (_, index) => map(index)).join('---\n');
    expect(big.length).toBeGreaterThan(8_500_000);
    await write('');
    await page.locator('input[type="file"]').setInputFiles({ ...one, buffer: Buffer.from(big) });
    await content().getByText('name: big-0').waitFor();
    await page.evaluate(() => {
      const late: number[] = [];
      Object.assign(window, { late });
      let last = performance.now();
      setInterval(() => {
        late.push(performance.now() - last);
        last = performance.now();
      }, 20);
    });
    await button('Check').click();
    await page.getByText(/Checking \d+ of 900/).waitFor();
    const longest = await page.evaluate(() => Math.max(...(window as unknown as { late: number[] }).late));
    console.log(`the page was held up for ${Math.round(longest)} ms at most while 9 MB were read`);
    expect(longest).toBeLessThan(1_500);
    await button('Stop').click();
    await write('');
    rig.expectComplaint(/status of 404/);
  });

  test('nothing serious for those who do not see the page, and none of it wider than a phone', async () => {
    await write(SHOP.replace('info', 'debug'));
    await button('Check').click();
    await row('ConfigMap/settings').getByText('unchanged').waitFor();
    await page.getByText('Everything is in the cluster as it is written here.').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await screenshot(page, 'create-phone');
  });

  test('the page itself reported no problem', () => {
    expect(rig.problems).toEqual([]);
  });
});
