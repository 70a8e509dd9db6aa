/** Bad days of a person: storage that is blocked, a paste of 10 MB, a session or a service that ends meanwhile. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { pages } from '../../web/src/ui/pages.ts';
import { AWAY, DashboardRig, deployment, deploymentsIn, skip, VISITORS } from './rig.ts';

const MB = 1024 * 1024;

describe.skipIf(skip)('a bad day', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    page = rig.page;
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('web', 2));
    await page.goto(rig.address);
    await page.getByText('2/2 ready').first().waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const go = (hash: string) =>
    page.evaluate((to) => {
      location.hash = `#cluster=default${to}`;
    }, hash);
  const text = () => page.locator('aside.drawer .cm-content');
  const paste = (into: string, length: number) =>
    page.locator(into).evaluate((element, size) => {
      (element as HTMLElement).focus();
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'x: some text\n'.repeat(size / 13));
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, length);

  test('an edit outlasts a closed drawer, a session that ends, and the service', async () => {
    const yaml = '&show=deployments/default/web&tab=YAML';
    await go(yaml);
    await text().locator('.cm-line', { hasText: 'replicas: 2' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type('7');
    await page.keyboard.press('Escape');
    await go('');
    await text().waitFor({ state: 'detached' });
    await go(yaml);
    await text().getByText('replicas: 27').waitFor();

    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.getByRole('alert').getByText('Your session is over').waitFor();
    // Signed in again, in another tab.
    await page.context().addCookies(cookies);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await text().getByText('replicas: 27').waitFor();

    await rig.down();
    await page.locator('.live', { hasText: 'reconnecting' }).waitFor();
    await rig.up();
    await page.locator('.live.is-live').waitFor();
    await text().getByText('replicas: 27').waitFor();
    await page.getByRole('button', { name: 'Review' }).click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('web is changed.').waitFor();
    rig.expectComplaint(AWAY);
    rig.expectComplaint(/status of 401/);
  });

  test('back and forward lead over every page', async () => {
    await go('');
    const at = () => new URLSearchParams(new URL(page.url()).hash.slice(1)).get('page') ?? 'overview';
    for (const { name } of pages.slice(1)) {
      await go(`&page=${name}`);
      await page.locator('main > :not(.loading, h1)').first().waitFor();
    }
    for (const { name } of pages.slice(0, -1).toReversed()) {
      await page.goBack();
      await expect.poll(at).toBe(name);
      await page.locator('main > :not(.loading, h1)').first().waitFor();
    }
    for (const { name } of pages.slice(1)) {
      await page.goForward();
      await expect.poll(at).toBe(name);
    }
  });

  test('10 MB pasted leave the page in use', async () => {
    const lives = () => page.evaluate(() => new Promise<number>((resolve) => requestAnimationFrame(resolve)));
    await go('&page=resources');
    await page.locator('tr.row').first().waitFor();
    await page.getByRole('searchbox').first().fill('x'.repeat(MB));
    await lives();
    await page.getByRole('searchbox').first().fill('');
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('combobox', { name: 'Search and commands' });
    await palette.fill('x'.repeat(MB));
    await lives();
    await palette.fill('');
    await page.keyboard.press('Escape');
    await go('&page=create');
    await page.locator('.create .cm-content').waitFor();
    await paste('.create .cm-content', 10 * MB);
    await page.locator('.create .cm-content').getByText('x: some text').first().waitFor();
    await lives();
    await go('&page=terminal');
    await page.locator('.xterm-helper-textarea').waitFor();
    await paste('.xterm-helper-textarea', 10 * MB);
    await lives();
    await go('');
    await page.locator('table.workloads').waitFor();
  });

  test('where the browser keeps nothing, a visitor works all the same', async () => {
    const other = await rig.another();
    await other.addInitScript(() => {
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        });
      }
    });
    await other.goto(rig.site);
    await other.getByRole('button', { name: 'Start without an account' }).click();
    await other.locator('.live.is-live').waitFor();
    await other.getByRole('link', { name: 'Terminal' }).click();
    await other.locator('.xterm-helper-textarea').focus();
    await other.keyboard.type('kubectl create namespace shop > x\ncat x\n');
    await other.locator('.xterm-rows').getByText('namespace/shop created').waitFor();
    await other.goto(`${rig.site}/#page=resources&resource=v1/namespaces`);
    await other.locator('tr.row', { hasText: 'shop' }).waitFor();
    await other.context().close();
  });

  test('a session that is ended in one tab ends in the other, once it is looked at', async () => {
    const tab = await page.context().newPage();
    await tab.goto(`${rig.site}/#cluster=default`);
    await tab.locator('.live.is-live').waitFor();
    await page.goto(`${rig.site}/#page=account`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    await tab.evaluate(() => window.dispatchEvent(new Event('focus')));
    await tab.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    await tab.close();
  });

  test('the pages reported no problem', () => {
    rig.expectComplaint(/status of 40[1349]/);
    expect(rig.problems).toEqual([]);
  });
});
