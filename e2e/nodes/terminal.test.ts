/** Logs and terminals of the dashboard, in a container that runs on this machine. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium, launch, screenshot } from '../browser/browser.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

const found = findChromium();
const COUNTS = 'i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.2; done';

describeOnNode('the dashboard’s terminals', (rig) => {
  let browser: Browser | undefined;
  let page: Page;
  const problems: string[] = [];
  const terminal = () => page.locator('.exec-terminal .xterm-rows');
  const shows = (text: string | RegExp) => eventually(async () => expect(await terminal().innerText()).toMatch(text));
  const open = (pod: string, tab: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, `#cluster=default&show=pods/default/${pod}&tab=${tab}`);

  beforeAll(async () => {
    if ('missing' in found) return;
    browser = await launch(found.path);
    page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await rig.apply('box', { command: ['sh', '-c', COUNTS] });
    await rig.ready('box');
    const printed = await rig.machine.run('dashboard');
    await page.goto(/http:\/\/\S+code=\S+/.exec(printed)?.[0] ?? '');
    await page.locator('tr[data-pod="box"]').waitFor();
  });
  afterAll(() => browser?.close());

  test.skipIf('missing' in found)(
    'a shell runs what is typed, in the size of the terminal, and Ctrl-C interrupts',
    async () => {
      await open('box', 'Terminal');
      await page.getByText('connected', { exact: true }).waitFor();
      await page.keyboard.type('echo $((6*7)) $TERM\n');
      await shows(/42 xterm-256color/);
      await page.keyboard.type('stty size\n');
      await shows(/\b([2-9]\d) (\d\d+)\b/);
      await page.setViewportSize({ width: 600, height: 600 });
      await page.keyboard.type('clear; stty size; echo small\n');
      await shows(/\b\d+ [5-7]\d\b\s+small/);
      await page.setViewportSize({ width: 1360, height: 900 });
      await page.keyboard.type('clear; sleep 100\n');
      await page.waitForTimeout(300);
      await page.keyboard.press('Control+c');
      await page.keyboard.type('echo interrupted $?\n');
      await shows(/interrupted 130/);
      await screenshot(page, 'terminal');
    },
  );

  test.skipIf('missing' in found)('it comes back by itself after a cut, as another shell, and says so', async () => {
    await page.keyboard.type('clear; MINE=1; echo begun\n');
    await shows(/begun/);
    await rig.killAgent();
    await page.getByText('The connection broke.').waitFor();
    await rig.startAgent();
    await shows(/connected again: this is a new shell/);
    await page.getByText('connected', { exact: true }).waitFor();
    await page.keyboard.type('echo mine is $MINE.\n');
    await shows(/mine is \./);
    await page.keyboard.type('exit 3\n');
    await page.getByText('[ended with exit code 3]').waitFor();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.getByText('connected', { exact: true }).waitFor();
  });

  test.skipIf('missing' in found)('attach shows what the main process writes', async () => {
    await page.getByRole('combobox', { name: 'What to open' }).selectOption('attach');
    await page.getByText('This process reads no input').waitFor();
    await shows(/tick \d+/);
  });

  test.skipIf('missing' in found)('the log of a container goes on over a cut, with each line once', async () => {
    await open('box', 'Logs');
    const log = page.locator('.log .cm-content');
    await log
      .getByText(/^tick \d+$/)
      .first()
      .waitFor();
    const ticks = async () => [...(await log.innerText()).matchAll(/tick (\d+)/g)].map(([, count]) => Number(count));
    const before = (await ticks()).at(-1) ?? 0;
    await rig.killAgent();
    await page.getByText('1 reconnecting').waitFor();
    await rig.startAgent();
    await eventually(async () => expect((await ticks()).at(-1)).toBeGreaterThan(before + 10));
    const seen = await ticks();
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => (seen[0] ?? 0) + index));
  });

  test.skipIf('missing' in found)('the page itself reported no problem but that the node was away', () => {
    const away = /WebSocket|net::ERR_|status of (40[0-9]|50\d)/;
    expect(problems.filter((problem) => !away.test(problem))).toEqual([]);
  });
});
