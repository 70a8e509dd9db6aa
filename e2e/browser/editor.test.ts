/** The YAML of an object in the page: proposals, what the server would make of a change, conflicts with another. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const WEB = `${deploymentsIn('default')}/web`;

describe.skipIf(skip)('the editor', () => {
  let rig: DashboardRig;
  let page: Page;
  let editor: Locator;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const text = () => editor.locator('.writing .cm-content');

  /** Writes in place of a line's end, where a person would. */
  async function change(line: string, to: string): Promise<void> {
    await text().locator('.cm-line', { hasText: line }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.type(to);
    await page.keyboard.press('Escape');
  }

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('web', 2));
    await page.goto(rig.address);
    await page.getByText('2/2 ready').first().waitFor();
    await page
      .getByRole('link', { name: /^deploy\/web/ })
      .first()
      .click();
    await page.locator('aside.drawer').getByRole('link', { name: 'YAML' }).click();
    editor = page.locator('.editor');
    await text().getByText('kind: Deployment').waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('shows the object without what only the server writes, its status folded', async () => {
    const shown = await text().innerText();
    expect(shown).toContain('replicas: 2');
    expect(shown).not.toContain('managedFields');
    expect(shown).not.toContain('availableReplicas');
    expect(await button('Review').isDisabled()).toBe(true);
    await screenshot(page, 'editor');
  });

  test('proposes the fields and values of the kind, and says what a field is', async () => {
    await text()
      .locator('.cm-line', { hasText: /^ {2}replicas: 2/ })
      .click();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('minRe');
    await page.getByRole('option', { name: /minReadySeconds/ }).waitFor();
    await screenshot(page, 'editor-proposals');
    // A list that has just come up takes no key yet: it may have been meant for the text.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('x');
    await text().hover({ position: { x: 5, y: 5 } });
    await editor.locator('.cm-lintRange-error').first().waitFor();
    await text().locator('.cm-line', { hasText: 'minReadySeconds' }).getByText('minReadySeconds').hover();
    await page.locator('.cm-documentation', { hasText: 'Minimum number of seconds' }).waitFor();
    await screenshot(page, 'editor-documentation');
    await change('minReadySeconds', 'minReadySeconds: 1');
  });

  test('what the server refuses stands at its line', async () => {
    await change('replicas: 2', 'replicas: -3');
    await button('Review').click();
    const problems = editor.getByRole('alert');
    await problems.getByText('spec.replicas: Invalid value').waitFor();
    rig.expectComplaint(/status of 422/);
    expect(await editor.locator('.cm-lintRange-error').first().innerText()).toBe('replicas');
    await screenshot(page, 'editor-refused');
    await change('replicas: -3', 'replicas: 3');
  });

  test('a change is shown as the server would make it, then applied', async () => {
    await button('Review').click();
    const diff = editor.locator('.diff');
    await diff.locator('.cm-changedLine, .cm-insertedLine').getByText('replicas: 3').waitFor();
    await diff.locator('.cm-deletedChunk').getByText('replicas: 2').waitFor();
    const before = await call<{ spec: { replicas: number } }>(rig.cluster, 'GET', WEB);
    expect(before.spec.replicas).toBe(2);
    await screenshot(page, 'editor-review');
    await button('Apply').click();
    await page.getByText('web is changed.').waitFor();
    const after = await call<{ spec: object; metadata: { managedFields: { manager: string }[] } }>(
      rig.cluster,
      'GET',
      WEB,
    );
    expect(after.spec).toMatchObject({ replicas: 3, minReadySeconds: 1 });
    expect(after.metadata.managedFields.map(({ manager }) => manager)).toContain('islet-dashboard');
  });

  test('what another changed meanwhile is shown, and the edit put on top', async () => {
    await change('replicas: 3', 'replicas: 1');
    const live = await call<{ spec: object; metadata: object }>(rig.cluster, 'GET', WEB);
    // Controllers write its status meanwhile.
    const metadata = { ...live.metadata, resourceVersion: undefined };
    const theirs = { ...live, metadata, spec: { ...live.spec, paused: true } };
    await call(rig.cluster, 'PUT', `${WEB}?fieldManager=somebody`, theirs);
    await button('Review').click();
    await editor.getByText('Meanwhile somebody changed web.').waitFor();
    await editor.locator('.diff').getByText('paused: true').waitFor();
    await screenshot(page, 'editor-moved');
    await button('Put my changes on top').click();
    await text().focus();
    await page.keyboard.press('Control+End');
    await text().getByText('paused: true').waitFor();
    await button('Review').click();
    await button('Apply').click();
    await expect
      .poll(async () => (await call<{ spec: object }>(rig.cluster, 'GET', WEB)).spec)
      .toMatchObject({ replicas: 1, paused: true });
  });

  test('nothing serious for those who do not see the page, light and dark, and none of it wider than a phone', async () => {
    await page.evaluate(() => {
      location.hash = '#cluster=default&show=nodes//sim-0&tab=YAML';
    });
    await text().getByText('kind: Node').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // Typed over the whole line, whose look the browser would keep by a style that the page refuses.
      await change('kind: Node', 'kindd: Node');
      await change('kindd: Node', 'kind: Node');
      await change('name: sim-0', 'namee: sim-0');
      await editor.locator('.cm-lintRange-error').first().waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await screenshot(page, `editor-${colorScheme}`);

      await button('Review').click();
      await editor.getByRole('alert').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await change('namee: sim-0', 'name: sim-0');
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await screenshot(page, 'editor-phone');
    await page.evaluate(() => {
      location.hash = '#cluster=default&page=logs&labels=app%3Dweb';
    });
    await page
      .getByText(/following \d container|501|simulated-logs/)
      .first()
      .waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'logs-phone');
    rig.expectComplaint(/status of (400|422|501)/);
  });

  test('the page itself reported no problem', () => {
    // A controller may report between a review and its apply, which then goes on by itself.
    rig.expectComplaint(/status of 409/);
    expect(rig.problems).toEqual([]);
  });
});
