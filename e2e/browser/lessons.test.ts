/** A lesson begins in a cluster of its own, and the cluster ticks its steps off. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, type Endpoint } from '../../cli/local/client.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, deploymentsIn, skip } from './rig.ts';

describe.skipIf(skip)('lessons', () => {
  let rig: DashboardRig;
  let page: Page;
  let cluster: Endpoint;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await rig.enter();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const lesson = () => page.getByRole('complementary', { name: 'Lesson' });

  test('a lesson makes its cluster, and stands beside its pages', async () => {
    await page.getByRole('link', { name: 'Lessons' }).click();
    const card = page.locator('li.card', { hasText: 'A Deployment and its rollout' });
    await card.getByRole('button', { name: 'Start' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'lessons');
    await card.getByRole('button', { name: 'Start' }).click();
    await lesson().getByText('Make a Deployment called').waitFor();
    expect(page.url()).toContain('cluster=rollouts');
    cluster = await rig.machine.cluster('rollouts');
  });

  test('a step is ticked off when the cluster is so, and the next one opens', async () => {
    await lesson().getByRole('link', { name: 'Put into the terminal' }).click();
    const rows = page.locator('.xterm-rows');
    await rows.getByText('kubectl get deployment,replicaset,pod').waitFor();
    expect(await call<{ items: object[] }>(cluster, 'GET', deploymentsIn('default'))).toMatchObject({ items: [] });
    await page.keyboard.press('Enter');
    await rows.getByText('deployment.apps/web created').waitFor();
    await lesson().getByText('The Pods are spread over the nodes').waitFor();
    // The explanation of a step that is done stays open.
    await lesson().getByText('The Deployment made a').waitFor();
    await lesson().getByRole('button', { name: 'Show how' }).click();
    await lesson().locator('.code', { hasText: 'kubectl scale deployment web --replicas=4' }).last().waitFor();
    expect(await lesson().locator('.is-done').count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    await screenshot(page, 'lesson');
    // A step that is done stays done, whatever happens to the cluster.
    await call(cluster, 'DELETE', `${deploymentsIn('default')}/web`);
    await page.reload();
    await lesson().getByText('The Pods are spread over the nodes').waitFor();
    expect(await lesson().locator('.is-done').count()).toBe(1);
  });

  test('it folds away, and speaks Chinese', async () => {
    await lesson().getByRole('button', { name: 'Fold the lesson away' }).click();
    await page.getByRole('button', { name: 'Open the lesson' }).click();
    await page.evaluate(() => localStorage.setItem('islet.locale', 'zh'));
    await page.reload();
    await page.getByText('扩展到四个副本').waitFor();
    expect(rig.problems).toEqual([]);
  });
});
