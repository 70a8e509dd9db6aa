/** A badge's link opens a manifest, or a lesson, in a cluster of the reader's own, and creates nothing by itself. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

const MANIFEST = 'https://example.com/apps/guest-book.yaml';
const TEXT = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: opened\n';

describe.skipIf(skip)('opening from elsewhere', () => {
  let rig: DashboardRig;
  let page: Page;
  let start = '';

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    start = rig.site;
    page = await rig.another();
    // The site that the manifest is of: there is none here that is public.
    await page.route('**/islet/v1/manifest?*', (route) => route.fulfill({ json: { url: MANIFEST, text: TEXT } }));
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('a manifest is shown in a new cluster of a visitor, and applied when they say so', async () => {
    await page.goto(`${start}/#manifest=${MANIFEST}`);
    await page.getByText(MANIFEST).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'opening');
    await page.getByRole('button', { name: 'Show it in a new cluster' }).click();
    await page.getByText('name: opened').waitFor();
    expect(page.url()).toContain('cluster=guest-book');
    expect(page.url()).not.toContain('example.com');
    const exists = () =>
      page.evaluate(async () => {
        const { items } = (await (await fetch('/islet/v1/clusters')).json()) as { items: { id: string }[] };
        return (await fetch(`/clusters/${items[0]?.id}/api/v1/namespaces/default/configmaps/opened`)).status;
      });
    expect(await exists()).toBe(404);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(exists).toBe(200);
  });

  test('a template begins its lesson', async () => {
    await page.goto('about:blank');
    await page.goto(`${start}/#template=02-services`);
    await page.locator('main').getByText('Services: a steady address').waitFor();
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('complementary', { name: 'Lesson' }).getByText('Services: a steady address').waitFor();
    rig.expectComplaint(/status of 40[14]/);
    expect(rig.problems).toEqual([]);
  });

  test('the badge is a picture', async () => {
    const answer = await page.request.get(`${start.replace(/islet-\w+\.localhost/, '127.0.0.1')}/badge.svg`, {
      headers: { host: new URL(start).host },
    });
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/svg+xml']);
  });
});
