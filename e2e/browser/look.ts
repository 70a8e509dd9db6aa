/** A view as people meet it: pictures in light and dark and on a phone, the barriers that axe-core finds, and its width. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';

const PHONE = { width: 360, height: 740 };

export async function look(page: Page, name: string): Promise<void> {
  const desktop = page.viewportSize() ?? { width: 1360, height: 900 };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await screenshot(page, `${name}-${colorScheme}`);
    expect(await findBarriers(page), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  await screenshot(page, `${name}-phone`);
  expect([name, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([name, PHONE.width]);
  await page.setViewportSize(desktop);
}
