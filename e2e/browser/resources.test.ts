/** Every kind as a live table: upstream's columns, order, filters, choice by keys; and the detail of an object. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { ResourcesView } from './resources-view.ts';
import { AWAY, DashboardRig, deployment, deploymentsIn, skip } from './rig.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1360, height: 900 };

const definition = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      },
    ],
  },
};

const quota = { metadata: { name: 'most' }, spec: { hard: { pods: '20' } } };
const service = { metadata: { name: 'front' }, spec: { selector: { app: 'frontend' }, ports: [{ port: 80 }] } };

describe.skipIf(skip)('the tables of all kinds', () => {
  let rig: DashboardRig;
  let view: ResourcesView;
  let page: Page;
  const names = (rows: Locator) => rows.locator('th').allTextContents();

  beforeAll(async () => {
    rig = await DashboardRig.open();
    view = await ResourcesView.of(rig);
    page = rig.page;
    const { cluster } = rig;
    await call(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await call(cluster, 'POST', '/api/v1/namespaces/shop/resourcequotas', quota);
    await call(cluster, 'POST', '/api/v1/namespaces/shop/services', service);
    await call(cluster, 'POST', deploymentsIn('shop'), deployment('frontend', 3));
    await call(cluster, 'POST', deploymentsIn('default'), deployment('api', 12));
    await page.goto(rig.address);
    await page.getByText('12/12 ready').first().waitFor();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('have the columns and the cells that kubectl prints', async ({ skip: leave }) => {
    if (!view.kubectlPath) leave();
    const kinds: [resource: string, name: string, namespaced: boolean][] = [
      ['v1/pods', 'pods', true],
      ['apps/v1/deployments', 'deployments', true],
      ['apps/v1/replicasets', 'replicasets', true],
      ['v1/services', 'services', true],
      ['v1/resourcequotas', 'resourcequotas', true],
      ['v1/configmaps', 'configmaps', true],
      ['v1/serviceaccounts', 'serviceaccounts', true],
      ['discovery.k8s.io/v1/endpointslices', 'endpointslices', true],
      ['v1/nodes', 'nodes', false],
      ['v1/namespaces', 'namespaces', false],
      ['storage.k8s.io/v1/storageclasses', 'storageclasses', false],
      ['scheduling.k8s.io/v1/priorityclasses', 'priorityclasses', false],
      ['apiregistration.k8s.io/v1/apiservices', 'apiservices', false],
    ];
    for (const [resource, name, namespaced] of kinds) {
      await view.table(resource);
      const printed = await view.printed(`get ${name}${namespaced ? ' -A' : ''}`);
      const isAge = printed.heads.map((head) => head === 'AGE');
      const steady = (rows: string[][]) => rows.map((row) => row.filter((_, at) => !isAge[at]).join(' | ')).sort();
      await eventually(async () => {
        const shown = await view.shown();
        expect([name, shown.heads]).toEqual([name, printed.heads]);
        // Only the rows in sight are drawn, and some beyond.
        expect(steady(printed.rows)).toEqual(expect.arrayContaining(steady(shown.rows)));
        expect(shown.rows.length).toBeGreaterThanOrEqual(Math.min(printed.rows.length, 20));
      });
    }
  });

  test('show the wide columns that are chosen, as kubectl does, and keep the choice', async ({ skip: leave }) => {
    if (!view.kubectlPath) leave();
    await view.table('v1/pods');
    await page.locator('.column-chooser summary').click();
    const wide = page.getByRole('checkbox', { name: /wide$/ });
    for (let at = 0; at < (await wide.count()); at++) await wide.nth(at).check();
    const printed = await view.printed('get pods -A -o wide');
    await eventually(async () => expect((await view.shown()).heads).toEqual(printed.heads));
    await page.evaluate(() => localStorage.removeItem('islet.columns'));
    await page.reload();
    await page.locator('table.grid tbody tr').first().waitFor();
    await page.locator('.column-chooser summary').click();
    await page.getByRole('checkbox', { name: /^Node/ }).first().check();
    await page.getByRole('checkbox', { name: 'Restarts' }).uncheck();
    await page.keyboard.press('Escape');
    const heads = ['NAMESPACE', 'NAME', 'READY', 'STATUS', 'AGE', 'NODE'];
    await eventually(async () => expect((await view.shown()).heads).toEqual(heads));
    await page.reload();
    await page.locator('table.grid tbody tr').first().waitFor();
    expect((await view.shown()).heads).toEqual(heads);
    await page.evaluate(() => localStorage.removeItem('islet.columns'));
  });

  test('follow what happens, row by row', async () => {
    const rows = await view.table('v1/pods', '&namespace=shop');
    await expect.poll(() => rows.count()).toBe(3);
    expect((await view.shown()).heads).not.toContain('NAMESPACE');
    await call(rig.cluster, 'POST', PODS, {
      metadata: { name: 'newcomer', labels: { app: 'alone' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    });
    await rows.filter({ hasText: 'newcomer' }).filter({ hasText: 'Running' }).waitFor();
    await call(rig.cluster, 'DELETE', `${PODS}/newcomer`);
    await rows.filter({ hasText: 'newcomer' }).waitFor({ state: 'detached' });
  });

  test('are sorted by value, and narrowed down by words and by what the server selects', async () => {
    let rows = await view.table('v1/pods');
    await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click();
    const upwards = (await names(rows)).slice(0, 15);
    expect(upwards).toEqual(upwards.toSorted());
    await page.getByRole('columnheader', { name: 'Name', exact: true }).getByRole('button').click();
    await eventually(async () => expect((await names(rows))[0]).toContain('frontend'));
    expect(page.url()).toContain('sort=-Name');
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('frontend');
    await expect.poll(() => rows.count()).toBe(3);
    await page.getByText('3 of 15').waitFor();
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('');
    await page.getByRole('searchbox', { name: 'Label selector' }).fill('app=frontend');
    await page.keyboard.press('Enter');
    await page.getByText('3 objects').waitFor();
    await page.getByRole('searchbox', { name: 'Field selector' }).fill('status.phase=Failed');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing matches these selectors.').waitFor();
    await page.getByRole('searchbox', { name: 'Field selector' }).fill('no.such.field=1');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('field label not supported').waitFor();
    rows = await view.table('v1/pods');
    await page.getByText('15 objects').waitFor();
  });

  test('are moved through and chosen from by keys', async () => {
    const rows = await view.table('v1/pods');
    await expect.poll(() => rows.count()).toBe(15);
    const all = await names(rows);
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('k');
    const cursor = page.locator('tr.is-cursor');
    await expect.poll(() => cursor.locator('th').textContent()).toBe(all[0]);
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('3 chosen').waitFor();
    await rows
      .nth(5)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByText('6 chosen').waitFor();
    await screenshot(page, 'resources-chosen');
    await page.locator('table.grid').focus();
    await page.keyboard.press('Control+a');
    await page.getByText('15 chosen').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('15 chosen').waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await expect.poll(() => cursor.locator('th').textContent()).toBe(all.at(-1));
    await page.keyboard.press('Enter');
    await view.drawer.getByRole('heading', { name: `pod/${all.at(-1)}` }).waitFor();
    await page.keyboard.press('Escape');
    await view.drawer.waitFor({ state: 'detached' });
  });

  test('come and go with definitions, and say so when a kind is gone', async () => {
    await view.table('v1/pods');
    await call(rig.cluster, 'POST', DEFINITIONS, definition);
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Widgets' });
    await link.click();
    await page.getByText('There are no Widgets here.').waitFor();
    await eventually(() =>
      call(rig.cluster, 'POST', '/apis/example.com/v1/namespaces/shop/widgets', {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'blue' },
        spec: { size: 7 },
      }),
    );
    await page.locator('table.grid tbody tr', { hasText: 'blue' }).waitFor();
    expect((await view.shown()).heads).toEqual(['NAMESPACE', 'NAME', 'SIZE']);
    await call(rig.cluster, 'DELETE', `${DEFINITIONS}/widgets.example.com`);
    await page.getByText('This cluster has no kind example.com/v1/widgets.').waitFor();
    await link.waitFor({ state: 'detached' });
  });

  test('an object opened says what it is and leads to what belongs to it', async () => {
    const rows = await view.table('v1/services', '&namespace=shop');
    await rows.getByRole('link', { name: 'front' }).click();
    await view.drawer.getByText('ClusterIP', { exact: true }).waitFor();
    await view.drawer.getByRole('link', { name: 'Related' }).click();
    const selected = view.drawer.getByRole('region', { name: 'Selects' });
    await expect.poll(() => selected.getByRole('link').count()).toBe(3);
    await view.drawer.getByRole('region', { name: 'Made by it' }).getByRole('link').waitFor();
    await screenshot(page, 'resources-related');
    await selected.getByRole('link').first().click();
    await view.drawer.getByRole('heading', { name: /^pod\/frontend-/ }).waitFor();
    await view.drawer.getByText('ReplicaSet/frontend-').click();
    await view.drawer.getByRole('heading', { name: /^replicaset\/frontend-/ }).waitFor();
    await view.drawer.getByRole('link', { name: 'Events' }).click();
    await view.drawer.getByText('SuccessfulCreate').first().waitFor();
    await view.drawer.getByRole('link', { name: 'YAML' }).click();
    await view.drawer.getByRole('checkbox', { name: 'With managedFields' }).check();
    await view.drawer.locator('pre').getByText('managedFields').waitFor();
    await page.keyboard.press('Escape');
  });

  test('have no barriers, light and dark, and fit on a phone', async () => {
    await view.table('v1/pods');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator('table.grid tbody tr').first().getByRole('checkbox').click();
      expect(await findBarriers(page)).toEqual([]);
      await page.locator('table.grid tbody th a').first().click();
      await view.drawer.getByText('PodScheduled').waitFor();
      expect(await findBarriers(page)).toEqual([]);
      await screenshot(page, `resources-detail-${colorScheme}`);
      await page.setViewportSize(PHONE);
      await page.keyboard.press('Escape');
      await view.drawer.waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
      await screenshot(page, `resources-phone-${colorScheme}`);
      await page.setViewportSize(DESKTOP);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('go on where they were when the service was away', async () => {
    const rows = await view.table('v1/pods', '&namespace=shop');
    await expect.poll(() => rows.count()).toBe(3);
    await rig.down();
    await page.locator('.live', { hasText: 'reconnecting' }).waitFor();
    expect(await rows.count()).toBe(3);
    await rig.up();
    await page.locator('.live', { hasText: /^live$/ }).waitFor();
    await view.kubectl('scale deployment/frontend --replicas=5 -n shop');
    await expect.poll(() => rows.count(), { timeout: 15_000 }).toBe(5);
    rig.expectComplaint(AWAY);
  });

  test('the page itself reported no problem', () => {
    expect(rig.problems).toEqual([]);
  });
});
