/**
 * Photographs every view, light and dark, on a desktop and a phone: `npm run screenshots -- [VIEW …]`, with
 * `LOCALE=zh-CN` in Chinese.
 */
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';
import { fillShop } from './shop.ts';
import { show, views } from './views.ts';

const SIZES = { desktop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };

if (skip) process.exit(1);
/** The service's process does not keep this one alive until it has ended. */
const alive = setInterval(() => {}, 1_000);
const wanted = process.argv.slice(2);
const chosen = views.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const rig = await DashboardRig.open({ locale: process.env.LOCALE ?? 'en-US' });
try {
  const { page } = rig;
  await fillShop(rig.cluster);
  await page.goto(rig.address);
  await page.locator('tr[data-pod="broken"] .bad').waitFor();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const view of chosen) {
        await show(page, view);
        await screenshot(page, `${view.name}-${size}-${colorScheme}`);
      }
    }
  }
  console.log(`${chosen.length * 4} pictures in dist/screenshots`);
} finally {
  await rig[Symbol.asyncDispose]();
  clearInterval(alive);
}
