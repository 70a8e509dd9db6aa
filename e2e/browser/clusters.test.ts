/** The life of clusters on their page: made, forked, exported, imported, deleted and had back. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';

describe.skipIf(skip)('the page of clusters', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await rig.enter();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const dialog = () => page.getByRole('dialog');
  const row = (name: string) => page.locator('.rows li').filter({ has: page.getByText(name, { exact: true }) });
  const choose = async (name: string, action: string | RegExp): Promise<void> => {
    await row(name)
      .getByRole('button', { name: `What can be done with ${name}` })
      .click();
    await page.getByRole('menuitem', { name: action }).click();
  };

  test('it is reached from the menu of clusters', async () => {
    await page.getByRole('combobox', { name: 'Cluster' }).selectOption('All clusters …');
    await page.getByRole('heading', { name: 'Clusters', exact: true }).waitFor();
    await row('default').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'clusters');
  });

  test('a cluster tells more of itself when it is asked', async () => {
    await page.getByRole('button', { name: 'Describe default' }).click();
    const told = row('default').locator('dl');
    await told.getByText('Past kept since').waitFor();
    const [nodes] = await told.locator('dt:has-text("Nodes") + dd').allTextContents();
    expect(Number(nodes)).toBeGreaterThan(0);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'clusters-described');
  });

  test('a new one has the nodes that were asked for, and opens', async () => {
    await page.getByRole('button', { name: 'New cluster' }).click();
    await dialog().getByLabel('Name').fill('default');
    await dialog().getByLabel('Simulated nodes').fill('2');
    await dialog().getByText('npx islet clusters create default --nodes 2').waitFor();
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByText('clusters "default" already exists').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'clusters-create');
    await dialog().getByLabel('Name').fill('shop');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByText('sim-1').first().waitFor();
    expect(await page.locator('.node').count()).toBe(2);
    await page.evaluate(async () => {
      const { items } = (await (await fetch('/islet/v1/clusters')).json()) as { items: { id: string; name: string }[] };
      const id = items.find(({ name }) => name === 'shop')?.id;
      const body = JSON.stringify({ metadata: { name: 'kept' }, data: { colour: 'green' } });
      const headers = { 'Content-Type': 'application/json' };
      await fetch(`/clusters/${id}/api/v1/namespaces/default/configmaps`, { method: 'POST', headers, body });
    });
  });

  test('a fork has the same objects', async () => {
    await page.getByTitle('All clusters').click();
    await choose('shop', /Fork/);
    await dialog().getByText('npx islet clusters fork shop shop-copy').waitFor();
    await dialog().getByLabel('With the state').selectOption('of a revision');
    await dialog().getByText('Kept are the revisions').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'clusters-fork');
    await dialog().getByLabel('With the state').selectOption('of now');
    await dialog().getByRole('button', { name: 'Fork', exact: true }).click();
    await page.getByText('shop-copy is a copy of shop.').waitFor();
    await row('shop-copy').waitFor();
    expect(await colourIn('shop-copy')).toBe('green');
  });

  test('an exported cluster can be imported by choosing and by dropping its file', async () => {
    const download = page.waitForEvent('download');
    await choose('shop', 'Export with its past');
    const file = await download;
    expect(file.suggestedFilename()).toBe('shop.islet.gz');
    const path = await file.path();
    const bytes = readFileSync(path);
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    await page.getByRole('button', { name: 'From a file' }).click();
    await dialog().getByLabel('File').setInputFiles({ name: 'My shop.islet.gz', mimeType: '', buffer: bytes });
    expect(await dialog().getByLabel('Name').inputValue()).toBe('my-shop');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    // The page goes there by itself once the cluster is made.
    await expect.poll(() => page.url(), { timeout: 20_000 }).toContain('cluster=my-shop');
    await page.locator('.live.is-live').waitFor();
    expect(await colourIn('my-shop')).toBe('green');
    await page.getByTitle('All clusters').click();
    await row('my-shop').waitFor();
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['kind: nonsense\n'], 'wrong.yaml'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await dialog().getByText('wrong.yaml', { exact: true }).waitFor();
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await dialog().getByRole('alert').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await row('wrong').count()).toBe(0);
  });

  test('a deleted cluster is had back at once, or later under another name', async () => {
    await choose('shop', /Delete/);
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Restore shop' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('shop is back.').waitFor();
    expect(await colourIn('shop')).toBe('green');
    await choose('my-shop', /Delete/);
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Restore my-shop' }).click();
    await dialog().getByLabel('Name').fill('again');
    await dialog().getByText('npx islet clusters undelete my-shop --as again').waitFor();
    await dialog().getByRole('button', { name: 'Restore' }).click();
    await row('again').waitFor();
    expect(await colourIn('again')).toBe('green');
  });

  test('a code hands a cluster over', async () => {
    await choose('again', /Move to another account/);
    await dialog().getByRole('button', { name: 'Make a code' }).click();
    await dialog().getByText('The code is shown once').waitFor();
    expect(await dialog().locator('code').textContent()).toMatch(/^ey/);
    expect(await findBarriers(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Take one over' }).click();
    await dialog().getByLabel('Code').fill('nonsense');
    await dialog().getByRole('button', { name: 'Take it over' }).click();
    await dialog().getByText('this is no offer of this service').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
  });

  test('dark, on a phone', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await screenshot(page, 'clusters-phone-dark');
    rig.expectComplaint(/status of 4(00|04|09|22)/);
    expect(rig.problems).toEqual([]);
  });

  async function colourIn(name: string): Promise<string | undefined> {
    return page.evaluate(async (wanted) => {
      const { items } = (await (await fetch('/islet/v1/clusters')).json()) as { items: { id: string; name: string }[] };
      const id = items.find((each) => each.name === wanted)?.id;
      const answer = await fetch(`/clusters/${id}/api/v1/namespaces/default/configmaps/kept`);
      return ((await answer.json()) as { data?: { colour?: string } }).data?.colour;
    }, name);
  }
});
