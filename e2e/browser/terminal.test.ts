/** kubectl in the page: lines are typed, completed and piped, files are kept, and objects edited. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';

const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typed}\ndata: {a: "1"}\n';

describe.skipIf(skip)('the terminal', () => {
  let rig: DashboardRig;
  let page: Page;
  const shown = () => page.locator('.xterm-rows').innerText();
  const has = async (text: string | RegExp) => {
    const wanted = typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text;
    await eventually(async () => expect(await shown()).toMatch(wanted), 20_000);
  };
  const type = async (line: string) => {
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
  };

  beforeAll(async () => {
    rig = await DashboardRig.open();
    page = rig.page;
    await page.goto(rig.address);
    await page.locator('header.top').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.locator('.xterm-rows').waitFor();
    await has('default/default$');
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('a line is run on the cluster, and piped on', async () => {
    await type('kubectl create deployment web --image=nginx --replicas=2');
    await has('deployment.apps/web created');
    await type('k rollout status deploy/web --timeout=60s');
    await has('deployment "web" successfully rolled out');
    await type('k get pods | grep -c web');
    await has(/\n2\s/);
    await screenshot(page, 'terminal');
  });

  test('what is pasted is applied', async () => {
    await page.evaluate((text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, `k apply -f - <<EOF\n${MAP}EOF\n`);
    await has('EOF');
    await page.keyboard.press('Enter');
    await has('configmap/typed created');
    const map = await call<{ data: object }>(rig.cluster, 'GET', '/api/v1/namespaces/default/configmaps/typed');
    expect(map.data).toEqual({ a: '1' });
  });

  test('Tab completes commands, types and names from the cluster', async () => {
    await page.keyboard.type('k desc');
    await page.keyboard.press('Tab');
    await has('k describe ');
    await page.keyboard.type('configm');
    await page.keyboard.press('Tab');
    await has('k describe configmaps ');
    await page.keyboard.type('ty');
    await page.keyboard.press('Tab');
    await has('k describe configmaps typed');
    await page.keyboard.press('Enter');
    await has('BinaryData');
  });

  test('kubectl edit opens an editor, and saves what was changed', async () => {
    await type('k edit cm typed');
    const editor = page.locator('.terminal-editor .cm-content');
    await editor.waitFor();
    await editor.getByText('a: "1"').first().click();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('2"');
    await screenshot(page, 'terminal-editor');
    await page.keyboard.press('Control+s');
    await has('configmap/typed edited');
    const map = await call<{ data: object }>(rig.cluster, 'GET', '/api/v1/namespaces/default/configmaps/typed');
    expect(map.data).toEqual({ a: '12' });
  });

  test('files and the history are kept in the browser', async () => {
    await type('clear; k get cm typed -o name > names && echo k"e"pt');
    await has('kept');
    await page.reload();
    await page.locator('.xterm-rows').waitFor();
    await has('default/default$');
    await type('cat names');
    await has('configmap/typed');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await has('k get cm typed -o name > names');
    await page.keyboard.press('Control+c');
  });

  test('a keyboard gets out of it, and axe finds no barriers', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.xterm'))).toBeNull();
    expect(await findBarriers(page)).toEqual([]);
    // The page asks before it applies.
    rig.expectComplaint(/404/);
    expect(rig.problems).toEqual([]);
  });

  test('who signs out leaves no files and no history to the next person at the browser', async () => {
    const left = () =>
      page.evaluate(async () => {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open('islet.terminal', 1);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        const counting = database.transaction('files').objectStore('files').count();
        const files = await new Promise<number>((resolve) => {
          counting.onsuccess = () => resolve(counting.result);
        });
        return { files, history: JSON.parse(localStorage.getItem('islet.terminal-history') ?? '[]').length };
      });
    expect((await left()).files).toBeGreaterThan(0);
    await page.evaluate(() => {
      location.hash = '#page=account';
    });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('.sign-in').waitFor();
    expect(await left()).toEqual({ files: 0, history: 0 });
  });
});
