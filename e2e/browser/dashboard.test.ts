import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { screenshot } from './browser.ts';
import { AWAY, DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const DEPLOYMENTS = deploymentsIn('default');

describe.skipIf(skip)('the dashboard', () => {
  let rig: DashboardRig;
  let page: Page;

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('opens at the printed address, without the code staying in it, and shows the nodes', async () => {
    await page.goto(rig.address);
    await page.waitForSelector('[data-node="sim-2"]');
    expect(page.url()).not.toContain('code=');
    expect(await page.locator('[data-node]').count()).toBe(3);
    expect(await page.locator('.live').textContent()).toBe('live');
    await page.getByText('Nothing runs here yet').waitFor();
    await screenshot(page, 'empty');
  });

  test('shows what is applied as it happens, over one socket', async () => {
    await call(rig.cluster, 'POST', DEPLOYMENTS, deployment('nginx-deployment', 3));
    await page.waitForFunction(() => document.querySelectorAll('tr[data-pod] .good').length === 3);
    await page.getByText('3/3 ready').waitFor();
    expect(await page.locator('.square.good').count()).toBe(3);
    await screenshot(page, 'three-pods');
  });

  test('draws the way of the last apply: how it began and ended, and all of it where it is asked for', async () => {
    const short = page.locator('section[aria-label="The last change, step by step"] ol.story li');
    await short.filter({ hasText: '3 of 3 ready' }).first().waitFor();
    expect((await short.allTextContents()).join('\n')).toMatch(/^0 ms.*created with 3 replicas.*islet:admin/);
    await short.getByRole('link', { name: 'more steps' }).click();
    const whole = page.locator('aside.drawer ol.way-steps li');
    await whole.filter({ hasText: '3 of 3 ready' }).first().waitFor();
    const told = (await whole.allTextContents()).join('\n');
    for (const who of ['islet:admin', 'deployment-controller', 'replicaset-controller', 'scheduler', 'kubelet']) {
      expect(told).toContain(who);
    }
    await page.keyboard.press('Escape');
  });

  test('a pod, clicked, shows its YAML, its events and why it has no logs', async () => {
    await page.locator('tr[data-pod] a').first().click();
    const drawer = page.locator('aside.drawer');
    await drawer.getByRole('heading', { name: 'Containers' }).waitFor();
    await drawer.getByRole('link', { name: 'YAML' }).click();
    await drawer.locator('.cm-content').getByText('image: nginx:1.14.2').waitFor();
    await screenshot(page, 'pod-yaml');
    await drawer.getByRole('link', { name: 'Events' }).click();
    await drawer.getByText('Successfully assigned').waitFor();
    await drawer.getByRole('link', { name: 'Logs' }).click();
    await drawer.getByText('simulated', { exact: false }).waitFor();
    rig.expectComplaint(/status of 501/);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  });

  test('a pod says why it is where it is, and one without a node what helps', async () => {
    const drawer = page.locator('aside.drawer');
    const open = async (pod: string) => {
      await page.locator(`tr[data-pod*="${pod}"] a`).first().click();
      await drawer.getByRole('link', { name: 'Why', exact: true }).click();
    };
    await open('nginx-deployment-');
    await drawer.getByText('3 of 3 nodes passed all filters').waitFor();
    const nodes = drawer.locator('table.verdicts tbody tr');
    expect(await nodes.count()).toBe(3);
    await screenshot(page, 'why-here');
    await page.keyboard.press('Escape');
    const requests = { cpu: '1000' };
    const containers = [{ name: 'c', image: 'nginx', resources: { requests } }];
    const pods = '/api/v1/namespaces/default/pods';
    await call(rig.cluster, 'POST', pods, { metadata: { name: 'too-big' }, spec: { containers } });
    await open('too-big');
    await drawer.getByText('lower resources.requests').waitFor();
    expect(
      await nodes.filter({ hasText: /Insufficient cpu \(asks for 1000, .+ are free\).*NodeResourcesFit/ }).count(),
    ).toBe(3);
    await screenshot(page, 'why-nowhere');
    await page.keyboard.press('Escape');
    await send(rig.cluster, 'DELETE', `${pods}/too-big`);
    await page.locator('tr[data-pod*="too-big"]').waitFor({ state: 'detached' });
  });

  test('a deployment and a node, clicked, show how they are and what belongs to them', async () => {
    const drawer = page.locator('aside.drawer');
    await page
      .getByRole('link', { name: /^deploy\/nginx-deployment/ })
      .first()
      .click();
    await drawer.getByText('MinimumReplicasAvailable').waitFor();
    await drawer.getByRole('link', { name: 'Related' }).click();
    const pods = drawer.getByRole('link', { name: /^pod\/nginx-deployment-/ });
    await expect.poll(() => pods.count()).toBe(3);
    await page.keyboard.press('Escape');
    await page.locator('[data-node="sim-0"]').getByRole('link', { name: 'sim-0' }).click();
    await drawer.getByText('KubeletReady').waitFor();
    await drawer.getByRole('link', { name: 'Close' }).click();
    await drawer.waitFor({ state: 'detached' });
  });

  test('a deleted Deployment leaves the page', async () => {
    await call(rig.cluster, 'DELETE', `${DEPLOYMENTS}/nginx-deployment`);
    await page.getByText('Nothing runs here yet').waitFor();
  });

  test('says that the service is away, and comes back by itself', async () => {
    await rig.down();
    await page.locator('.live', { hasText: 'reconnecting' }).waitFor();
    await page.getByRole('alert').getByText('Islet does not answer. What you see is from').waitFor();
    await screenshot(page, 'away');
    await rig.up();
    await page.locator('.live', { hasText: /^live$/ }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    // While it was away the browser said that it could not connect.
    rig.expectComplaint(AWAY);
    await call(rig.cluster, 'POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone' },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    });
    await page.locator('tr[data-pod="alone"] .good').waitFor();
  });

  test('a browser without a code, with a used one, or under another host name is not signed in', async () => {
    const { dashboard } = readService(rig.machine.state);
    const stranger = await rig.browser.newContext();
    const other = await stranger.newPage();
    await other.goto(dashboard);
    await other.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    expect((await other.goto(rig.address))?.status()).toBe(403);
    await stranger.close();
    // Only browsers know names beneath `localhost`.
    const server = dashboard.replace(/islet-\w+\.localhost/, '127.0.0.1');
    expect((await send({ server }, 'GET', '/islet/v1/clusters')).status).toBe(401);
  });

  test('an ended session is reported, with the way to sign in again', async () => {
    await page.context().clearCookies();
    await rig.down();
    await rig.up();
    await page.getByRole('alert').getByText('Your session is over').waitFor();
    rig.expectComplaint(AWAY);
    rig.expectComplaint(/Authentication failed/);
    rig.expectComplaint(/status of 401/);
  });

  test('the page itself reported no problem', () => {
    expect(rig.problems).toEqual([]);
  });
});
