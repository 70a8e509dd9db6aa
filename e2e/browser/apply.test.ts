/** The way of an apply, live and replayed, on its page and in the detail of an object. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { look } from './look.ts';
import { DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

describe.skipIf(skip)('the way of an apply', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await rig.enter();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const detail = () => page.locator('.step-detail');
  const active = () => page.locator('.way-picture .is-active text');
  const steps = () => page.getByRole('list', { name: 'All steps' });
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

  test('an apply appears while its page is open, and plays until its containers run', async () => {
    await page.getByRole('link', { name: 'Applies', exact: true }).click();
    await page.getByText('Nobody has asked for a change yet').waitFor();
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('web', 2));
    await page.locator('a.apply', { hasText: 'deployment/web created with 2 replicas' }).waitFor();
    await page.getByLabel('Speed').selectOption('4');
    await steps()
      .getByRole('button', { name: /Containers, pod\/web-\w+-\w+ .*ready/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    expect(await page.locator('.place.is-lit, .place.is-active').count()).toBe(9);
  });

  test('it is replayed step by step: who asked, by which right, and what admission did', async () => {
    await press('To the beginning');
    await detail()
      .getByRole('heading', { name: /^Request/ })
      .waitFor();
    await detail().getByText('create', { exact: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await detail().getByText('a token for this cluster').waitFor();
    await page.keyboard.press('ArrowRight');
    await detail().getByText('Allowed').or(detail().getByText('RBAC: allowed')).first().waitFor();
    await page.keyboard.press('ArrowRight');
    await detail().getByText('none of them changed the object').waitFor();
    await page.keyboard.press('ArrowRight');
    await detail()
      .getByText(/Stored as revision \d+/)
      .waitFor();
    expect(await active().textContent()).toBe('Revision');
    await press('What changed in the object');
    await detail().locator('.cm-content', { hasText: 'nginx:1.14.2' }).first().waitFor();
  });

  test('a pod’s way has the plugins that changed it, and the scheduler’s scores', async () => {
    await steps()
      .getByRole('button', { name: /Controllers, pod\/web-\w+-\w+ created/ })
      .first()
      .click();
    await detail().getByText('DefaultTolerationSeconds').waitFor();
    await steps()
      .getByRole('button', { name: /Scheduler, pod\/web-\w+-\w+ bound to/ })
      .first()
      .click();
    await detail().locator('table.verdicts tr.chosen').waitFor();
    await look(page, 'apply');
  });

  test('the keyboard plays it to its end', async () => {
    await page.locator('.way .step-detail a').first().focus();
    await page.keyboard.press('Home');
    expect(await active().textContent()).toBe('Request');
    await page.getByLabel('Speed').selectOption('4');
    await page.getByRole('button', { name: 'Play', exact: true }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    const slider = page.getByRole('slider', { name: 'Step' });
    expect(await slider.inputValue()).toBe(await slider.getAttribute('max'));
  });

  test('an earlier apply keeps its own way; the detail of an object has that of its last one', async () => {
    await call(rig.cluster, 'PUT', `${deploymentsIn('default')}/web`, deployment('web', 3));
    await page.locator('a.apply', { hasText: 'scaled from 2 to 3' }).waitFor();
    await page.locator('a.apply', { hasText: 'created with 2 replicas' }).click();
    await steps().getByRole('button', { name: 'Request, deployment/web created with 2 replicas' }).waitFor();
    expect(
      await steps()
        .getByRole('button', { name: /scaled from 2 to 3/ })
        .count(),
    ).toBe(0);
    await page.getByRole('link', { name: 'deployments.apps/web' }).click();
    await page.getByRole('link', { name: 'Story', exact: true }).click();
    const drawer = page.getByRole('complementary');
    await drawer.getByRole('button', { name: 'Request, deployment/web scaled from 2 to 3' }).waitFor();
    await look(page, 'apply-detail');
  });

  test('nothing was complained of', () => {
    expect(rig.problems).toEqual([]);
  });
});
