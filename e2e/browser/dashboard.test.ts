import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { Machine, type Up } from '../workerd/service.ts';
import { findChromium, launch, screenshot } from './browser.ts';

const found = findChromium();
if ('missing' in found) console.log(`browser: skipped, because ${found.missing}`);

/** The same after a restart, so that the page finds it again. */
const port = 20_000 + (process.pid % 20_000);
const labels = { app: 'nginx' };
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const nginx = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'nginx-deployment', labels },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2' }] } },
  },
};

describe.skipIf('missing' in found)('the dashboard', () => {
  const machine = new Machine();
  let browser: Browser;
  let page: Page;
  let cluster: Endpoint;
  let address: string;
  let service: Up;
  const problems: string[] = [];

  beforeAll(async () => {
    service = await machine.up('--port', String(port)).ready();
    address = /http:\/\/localhost:\d+\/\?code=\S+/.exec(service.output)?.[0] ?? '';
    cluster = await machine.cluster();
    browser = await launch('path' in found ? found.path : '');
    page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  });

  afterAll(async () => {
    await browser?.close();
    await machine[Symbol.asyncDispose]();
  });

  test('opens at the printed address, without the code staying in it, and shows the nodes', async () => {
    await page.goto(address);
    await page.waitForSelector('[data-node="sim-2"]');
    expect(page.url()).not.toContain('code=');
    expect(await page.locator('[data-node]').count()).toBe(3);
    expect(await page.locator('.live').textContent()).toBe('live');
    await screenshot(page, 'empty');
  });

  test('shows what is applied as it happens, over one socket', async () => {
    await call(cluster, 'POST', DEPLOYMENTS, nginx);
    await page.waitForFunction(() => document.querySelectorAll('tr[data-pod] .good').length === 3);
    await page.getByText('3/3 ready').waitFor();
    expect(await page.locator('.square.good').count()).toBe(3);
    await screenshot(page, 'three-pods');
  });

  test('draws the way of the last apply, step by step, with times', async () => {
    const steps = page.locator('section[aria-label="Last apply"] ol.story li');
    await steps.filter({ hasText: '3 of 3 ready' }).first().waitFor();
    const told = (await steps.allTextContents()).join('\n');
    for (const who of ['islet:admin', 'deployment-controller', 'replicaset-controller', 'scheduler', 'kubelet']) {
      expect(told).toContain(who);
    }
    expect(told).toMatch(/^0 ms/);
  });

  test('a pod, clicked, shows its YAML, its events and why it has no logs', async () => {
    await page.locator('tr[data-pod] a').first().click();
    const drawer = page.locator('aside.drawer');
    await drawer.getByRole('heading', { name: 'Containers' }).waitFor();
    await drawer.getByRole('link', { name: 'YAML' }).click();
    expect(await drawer.locator('pre').textContent()).toContain('image: nginx:1.14.2');
    await screenshot(page, 'pod-yaml');
    await drawer.getByRole('link', { name: 'Events' }).click();
    await drawer.getByText('Successfully assigned').waitFor();
    await drawer.getByRole('link', { name: 'Logs' }).click();
    await drawer.getByText('simulated', { exact: false }).waitFor();
    problems.splice(0, problems.length, ...problems.filter((text) => !text.includes('status of 501')));
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  });

  test('a deleted Deployment leaves the page', async () => {
    await call(cluster, 'DELETE', `${DEPLOYMENTS}/nginx-deployment`);
    await page.getByText('Nothing runs here yet').waitFor();
  });

  test('comes back by itself after the service was away', async () => {
    service.process.kill('SIGTERM');
    await service.ended;
    await page.locator('.live', { hasText: 'reconnecting' }).waitFor();
    await machine.up('--port', String(port)).ready();
    await page.locator('.live', { hasText: /^live$/ }).waitFor();
    // While it was away the browser said that it could not connect.
    problems.splice(0, problems.length, ...problems.filter((text) => !text.includes('ERR_CONNECTION_REFUSED')));
    await call(cluster, 'POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'alone' },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    });
    await page.locator('tr[data-pod="alone"] .good').waitFor();
  });

  test('nobody gets in without a code, with a used one, or under another host name', async () => {
    const { dashboard } = readService(machine.state);
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(dashboard);
    await other.getByText('You are not signed in').waitFor();
    expect((await other.goto(address))?.status()).toBe(403);
    await stranger.close();
    expect((await send({ server: dashboard }, 'GET', '/islet/v1/clusters')).status).toBe(401);
  });

  test('the page itself reported no problem', () => {
    expect(problems).toEqual([]);
  });
});
