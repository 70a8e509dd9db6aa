/** The part of a cluster that is looked at: a namespace, a name; and what goes wrong in it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const LONG = 'preview-environment-of-a-branch-with-a-rather-long-name-1234567';
const CRASHES = { 'islet.dev/simulated-exit-after': '1', 'islet.dev/simulated-exit-code': '3' };
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1360, height: 900 };

describe.skipIf(skip)('the dashboard’s filters', () => {
  let rig: DashboardRig;
  let page: Page;
  const owners = () => page.locator('table.workloads tr:not(.child) td.name');
  const namespaces = () => page.getByRole('combobox', { name: 'Namespace' });
  const search = () => page.getByRole('searchbox', { name: 'Search by name' });

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    const apply = (namespace: string, body: object) => call(rig.cluster, 'POST', deploymentsIn(namespace), body);
    for (const name of ['shop', LONG]) {
      await call(rig.cluster, 'POST', '/api/v1/namespaces', { metadata: { name } });
    }
    await apply('default', deployment('api', 15));
    await apply('shop', deployment('crasher', 1, CRASHES));
    await apply('shop', deployment('frontend', 2));
    await apply(LONG, deployment('a-name-that-somebody-let-a-generator-make-up', 1));
    await page.goto(rig.address);
    await page.getByText('2/2 ready').waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('all namespaces at first, each named beside what is in it', async () => {
    expect(await namespaces().inputValue()).toBe('');
    expect(await owners().allTextContents()).toEqual([
      'deploy/api default',
      `deploy/a-name-that-somebody-let-a-generator-make-up ${LONG}`,
      'deploy/crasher shop',
      'deploy/frontend shop',
    ]);
    expect(await namespaces().locator('option').allTextContents()).toEqual(
      expect.arrayContaining(['All namespaces', 'default', 'kube-system', LONG, 'shop']),
    );
  });

  test('a namespace, chosen by keyboard, narrows down workloads, pods on nodes, events and the story', async () => {
    await namespaces().focus();
    await page.keyboard.type('shop');
    await page.waitForFunction(() => document.querySelectorAll('.square').length === 3);
    expect(await owners().allTextContents()).toEqual(['deploy/crasher ', 'deploy/frontend ']);
    const events = page.locator('section[aria-label="Events"]');
    expect(await events.textContent()).not.toContain('api-');
    expect(await page.locator('section[aria-label="The last change, step by step"] .subject').textContent()).toContain(
      'shop',
    );
    await screenshot(page, 'namespace');
  });

  test('the address carries it: another page opened there shows the same, and the way back leads out', async () => {
    expect(page.url()).toContain('#cluster=default&namespace=shop');
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByText('deploy/frontend').first().waitFor();
    expect(await other.locator('select[aria-label="Namespace"]').inputValue()).toBe('shop');
    expect(await other.getByText('deploy/api').count()).toBe(0);
    await other.close();
    await page.goBack();
    await owners().filter({ hasText: 'deploy/api' }).waitFor();
    expect(await namespaces().inputValue()).toBe('');
    await page.goForward();
    await owners().filter({ hasText: 'deploy/api' }).waitFor({ state: 'detached' });
  });

  test('a name, after a slash, is searched for; an empty result says so', async () => {
    await page.keyboard.type('/FRONT');
    await owners().filter({ hasText: 'crasher' }).waitFor({ state: 'detached' });
    expect(await owners().allTextContents()).toEqual(['deploy/frontend ']);
    expect(page.url()).toContain('search=FRONT');
    await search().fill('no such thing');
    await page.getByText('No workload in the namespace shop has “no such thing” in its name.').waitFor();
    await search().fill('');
    await page.evaluate(() => {
      location.hash = '#cluster=default&namespace=nowhere';
    });
    await page.getByText('There is no namespace nowhere.').waitFor();
    await page.evaluate(() => {
      location.hash = '#cluster=nowhere';
    });
    await page.getByText('There is no cluster nowhere.').waitFor();
    await page.getByRole('link', { name: 'default' }).click();
    await owners().filter({ hasText: 'deploy/api' }).waitFor();
  });

  test('many pods of one owner are folded away until they are asked for', async () => {
    const pods = page.locator('tr[data-pod^="api-"]');
    expect(await pods.count()).toBe(12);
    await page.getByRole('button', { name: 'show 3 more' }).click();
    expect(await pods.count()).toBe(15);
  });

  test('a pod that keeps crashing says why, and its events are told once each', async () => {
    const row = page.locator('tr[data-pod^="crasher-"]');
    await row.getByText('CrashLoopBackOff').waitFor();
    await page.getByText('1 failing').waitFor();
    await row.getByRole('link').focus();
    await page.keyboard.press('Enter');
    const drawer = page.locator('aside.drawer');
    const troubles = drawer.getByRole('list', { name: 'What is wrong' });
    await troubles.getByText('back-off').waitFor();
    await troubles.getByText('nginx: ended with exit code 3 (Error)').waitFor();
    await drawer.getByRole('link', { name: 'Events' }).click();
    await drawer
      .getByText(/[2-9] times in/)
      .first()
      .waitFor();
    const reasons = await drawer.locator('ul.events b').allTextContents();
    expect(reasons.filter((reason) => reason === 'Started')).toHaveLength(1);
    expect(reasons.at(-1)).toBe('Scheduled');
    await page.keyboard.press('Escape');
    // The focus goes back when the drawer has gone, which the next frame draws.
    await expect.poll(() => row.getByRole('link').evaluate((link) => link === document.activeElement)).toBe(true);
  });

  test('on a phone nothing is wider than the screen, in a light and in a dark scheme', async () => {
    await page.setViewportSize(PHONE);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
      await screenshot(page, `phone-${colorScheme}`);
    }
    const narrowest = await page
      .locator('td.name')
      .evaluateAll((cells) => Math.min(...cells.map((c) => c.clientWidth)));
    expect(narrowest).toBeGreaterThan(250);
    await page.setViewportSize(DESKTOP);
  });

  test('the page itself reported no problem', () => {
    expect(rig.problems).toEqual([]);
  });
});
