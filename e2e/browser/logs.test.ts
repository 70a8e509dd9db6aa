/** Logs in the page: followed, of several pods at once, searched, and gone on with after a cut. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { AWAY, DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const PODS = '/api/v1/namespaces/default/pods';
/** A line each half second, numbered, so that one that is missing or comes twice is seen. */
const COUNTED = Array.from({ length: 3_000 }, (_, index) => `count ${index + 1} of many`).join('\n');

describe.skipIf(skip)('the logs', () => {
  let rig: DashboardRig;
  let page: Page;
  const log = () => page.locator('.log .cm-content');
  const open = async (hash: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
  };
  const pod = (name: string, annotations: Record<string, string>, labels: Record<string, string> = {}) =>
    call(rig.cluster, 'POST', PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, annotations, labels },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    });
  const counts = async () => {
    const text = await log().innerText();
    return [...text.matchAll(/count (\d+) of many/g)].map(([, number]) => Number(number));
  };

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await pod('counter', { 'islet.dev/simulated-logs': COUNTED, 'islet.dev/simulated-log-interval': '0.5' });
    const said = {
      'islet.dev/simulated-logs': 'hello from here\nGET /index 200',
      'islet.dev/simulated-log-interval': '1',
    };
    await call(rig.cluster, 'POST', deploymentsIn('default'), deployment('web', 2, said));
    await page.goto(rig.address);
    await page.locator('tr[data-pod="counter"] .good').waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('a pod’s log is followed', async () => {
    await open('#cluster=default&show=pods/default/counter&tab=Logs');
    await log().getByText('count 1 of many').waitFor();
    await log().getByText('count 6 of many').waitFor();
    expect(await page.getByText('following 1 container').isVisible()).toBe(true);
    await screenshot(page, 'log');
  });

  test('after the service was gone it goes on where it was, with each line once', async () => {
    await rig.down();
    await page.getByText('1 reconnecting').waitFor();
    await rig.up();
    await page.getByText('following 1 container').waitFor();
    rig.expectComplaint(AWAY);
    rig.expectComplaint(/net::ERR_/);
    const last = (await counts()).at(-1) ?? 0;
    await log()
      .getByText(`count ${last + 3} of many`)
      .waitFor();
    const seen = await counts();
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => (seen[0] ?? 0) + index));
  });

  test('the pods of a workload are shown together, and those that come join by themselves', async () => {
    await open('#cluster=default&show=deployments/default/web&tab=Logs');
    await page.getByText('following 2 containers').waitFor();
    expect(await log().locator('.log-head').first().innerText()).toMatch(/^web-\w+-\w+ │ $/);
    const web = await call<object>(rig.cluster, 'GET', `${deploymentsIn('default')}/web`);
    await call(rig.cluster, 'PUT', `${deploymentsIn('default')}/web/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: (web as { metadata: object }).metadata,
      spec: { replicas: 3 },
    });
    await page.getByText('following 3 containers').waitFor();
    const hellos = async () => (await log().innerText()).match(/hello from here/g)?.length;
    await expect.poll(hellos, { timeout: 10_000 }).toBe(3);
    await screenshot(page, 'logs-workload');
  });

  test('labels choose the pods of the page “Logs”; a wrong selector is said to be one', async () => {
    await open('#cluster=default&page=logs');
    await page.getByRole('textbox', { name: 'Labels of the pods' }).fill('app in (web');
    await page.keyboard.press('Enter');
    await page.getByText('This is no label selector').waitFor();
    await page.getByRole('textbox', { name: 'Labels of the pods' }).fill('app=web');
    await page.keyboard.press('Enter');
    await page.getByText('following 3 containers').waitFor();
    expect(page.url()).toContain('labels=app%3Dweb');
    await page.getByRole('searchbox', { name: 'Search in the log' }).fill('get /index');
    await page.getByText('3 matches').waitFor();
    await page.getByRole('button', { name: 'Next match' }).click();
    await log().locator('.cm-searchMatch-selected').waitFor();
    expect(await log().locator('.cm-searchMatch').count()).toBe(3);
    await page.getByLabel('timestamps').check();
    await expect.poll(() => log().innerText()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z web-/m);
    await screenshot(page, 'logs-search');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const stream = await (await coming).createReadStream();
    let saved = '';
    for await (const chunk of stream) saved += String(chunk);
    expect(saved.match(/hello from here/g)).toHaveLength(3);
    await page.getByLabel('timestamps').uncheck();
    expect(await findBarriers(page)).toEqual([]);
  });

  test('100,000 lines of ten pods: those in view are drawn, all are searched; moving up stops it from following', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1} of all`).join('\n');
    const many = deployment('many', 10, { 'islet.dev/simulated-logs': lines });
    await call(rig.cluster, 'POST', deploymentsIn('default'), many);
    await open('#cluster=default&page=overview&show=deployments/default/many&tab=Logs');
    await page.getByText('following 10 containers').waitFor();
    await page.getByRole('combobox', { name: 'From' }).selectOption('all');
    await page.getByRole('searchbox', { name: 'Search in the log' }).fill('line 7777 of all');
    const began = Date.now();
    await page.getByText('10 matches').waitFor();
    console.log(`100,000 lines were there and searched after ${Date.now() - began} ms`);
    const scroller = page.locator('.log .cm-scroller');
    const position = () => scroller.evaluate((element) => element.scrollTop);
    const end = await position();
    expect(end).toBeGreaterThan(1_000_000);
    expect(await page.locator('.log .cm-line').count()).toBeLessThan(300);
    const frames = await page.evaluate(async () => {
      const element = document.querySelector('.log .cm-scroller') as HTMLElement;
      const began = performance.now();
      let longest = 0;
      for (let frame = 0, last = began; frame < 60; frame++) {
        element.scrollTop -= 400;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      return { average: (performance.now() - began) / 60, longest };
    });
    console.log(`scrolling takes ${frames.average.toFixed(1)} ms a frame, ${frames.longest.toFixed(1)} ms at most`);
    const follow = page.getByRole('button', { name: 'Follow ↓' });
    await follow.waitFor();
    await screenshot(page, 'logs-many');
    await follow.click();
    await follow.waitFor({ state: 'detached' });
    await expect.poll(position).toBeGreaterThan(end - 50);
    await scroller.hover();
    await page.mouse.wheel(0, -600);
    await follow.waitFor();
    await page.mouse.wheel(0, 6_000);
    await follow.waitFor({ state: 'detached' });
  });

  test('a pod that writes no log says why', async () => {
    await pod('silent', {});
    await open('#cluster=default&page=overview&show=pods/default/silent&tab=Logs');
    await page.getByText('the annotation islet.dev/simulated-logs of a pod says what it logs').waitFor();
    rig.expectComplaint(/status of (400|501)/);
  });

  test('a terminal says why there is none on a simulated node, and what helps', async () => {
    await open('#cluster=default&page=overview&show=pods/default/counter&tab=Terminal');
    await page.getByText('This pod is on a simulated node').waitFor();
    await page.getByText('npx islet token create --print-join-command').waitFor();
  });

  test('the page itself reported no problem', () => {
    // A container that has not begun has no log yet; the page asks again.
    rig.expectComplaint(/status of (400|501)/);
    expect(rig.problems).toEqual([]);
  });
});
