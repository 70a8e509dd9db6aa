/** The frame around the pages: where they lead, keys, the palette, languages, themes; and that everybody can use it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pages } from '../../web/src/ui/pages.ts';
import { findBarriers, OF_WIDTH } from './axe.ts';
import { DashboardRig, skip } from './rig.ts';
import { fillShop } from './shop.ts';
import { show, views } from './views.ts';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1360, height: 900 };

describe.skipIf(skip)('the dashboard’s frame', () => {
  let rig: DashboardRig;
  let page: Page;
  const dialog = () => page.getByRole('dialog');
  const field = () => page.getByRole('combobox', { name: 'Search and commands' });
  const options = () => dialog().getByRole('option');

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await fillShop(rig.cluster);
    await page.goto(rig.address);
    await page.getByText('5/5 ready').waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('the palette finds objects, namespaces and commands by a few letters, and gives the focus back', async () => {
    await page.getByRole('combobox', { name: 'Namespace' }).focus();
    await page.keyboard.press('Control+k');
    await field().fill('fntend');
    await options().filter({ hasText: 'Deployment' }).first().waitFor();
    expect(await options().first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Namespace');
    await page.keyboard.press('Control+k');
    await field().fill('deployment front');
    await page.keyboard.press('Enter');
    await page.locator('aside.drawer').getByRole('heading', { name: 'deployment/frontend' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await field().fill('shop');
    await options().filter({ hasText: 'Namespace' }).click();
    await expect.poll(() => page.url()).toContain('namespace=shop');
    await page.keyboard.press('Control+k');
    await field().fill('<b>no such thing</b>');
    await page.getByText('Nothing matches “<b>no such thing</b>”.').waitFor();
    await page.keyboard.press('Escape');
  });

  test('arrows go round the palette, and what is chosen stays in view', async () => {
    await page.keyboard.press('Control+k');
    await options().first().waitFor();
    await page.keyboard.press('ArrowUp');
    const last = options().last();
    expect(await last.getAttribute('aria-selected')).toBe('true');
    expect(await field().getAttribute('aria-activedescendant')).toBe(await last.getAttribute('id'));
    await page.keyboard.press('ArrowDown');
    expect(await options().first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
  });

  test('a question mark lists the keys, and keys lead to pages, but not while a text is typed', async () => {
    await page.locator('main').focus();
    await page.keyboard.press('?');
    await dialog().getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    for (const { shortcut } of pages) {
      const keys = shortcut.split(' ').map((key) => key.toUpperCase());
      await dialog()
        .getByRole('listitem')
        .filter({ hasText: keys.join('') })
        .first()
        .waitFor();
    }
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('?');
    expect(await page.getByRole('searchbox').inputValue()).toBe('?');
    expect(await dialog().count()).toBe(0);
    await page.getByRole('searchbox').fill('');
  });

  test('light and dark are chosen from a menu with the keyboard, and kept', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await ground();
    await page.getByRole('button', { name: 'Settings' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('d');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Settings');
    await page.reload();
    await page.getByText('3/3 ready').waitFor();
    expect(await ground()).toBe(dark);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitemradio', { name: 'As the system' }).click();
    expect(await ground()).toBe(light);
  });

  test('Chinese is spoken once it is chosen, by page and document, and is kept', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('menuitemradio', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '工作负载' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-Hans');
    await page.reload();
    await page.getByText('3/3 就绪').waitFor();
    await page.getByRole('button', { name: '设置' }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByText('3/3 ready').waitFor();
  });

  test('on a phone the pages are in a drawer, nothing is wider than the screen, and axe finds no barrier', async () => {
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu' }).click();
    await dialog().getByRole('link', { name: 'Overview' }).waitFor();
    await page.keyboard.press('Escape');
    const barriers: Record<string, string[]> = {};
    for (const view of views) {
      await show(page, view);
      const { name } = view;
      expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, PHONE.width]);
      const found = await findBarriers(page, OF_WIDTH);
      if (found.length > 0) barriers[name] = found;
    }
    expect(barriers).toEqual({});
    await page.setViewportSize(DESKTOP);
  });

  test.each(['light', 'dark'] as const)('axe finds no barrier on any page, %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const barriers: Record<string, string[]> = {};
    for (const view of views) {
      await show(page, view);
      const found = await findBarriers(page);
      if (found.length > 0) barriers[view.name] = found;
    }
    expect(barriers).toEqual({});
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('the page itself reported no problem, and nothing that its policy refuses', () => {
    expect(rig.problems).toEqual([]);
  });
});
