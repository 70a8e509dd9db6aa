import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser, openerOf } from './open-browser.ts';

test('a browser is opened where a person would see it', () => {
  expect(openerOf('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
  expect(openerOf('linux', {})).toBeUndefined();
  expect(openerOf('linux', { DISPLAY: ':0', SSH_CONNECTION: 'x' })).toBeUndefined();
  expect(openerOf('darwin', { CI: 'true' })).toBeUndefined();
  expect(openerOf('darwin', {})).toEqual(['open']);
  expect(openerOf('win32', {})?.[0]).toBe('rundll32');
});

test('the address is one argument, which no shell reads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-open-'));
  const said = join(folder, 'said');
  const script = join(folder, 'opener.mjs');
  writeFileSync(script, 'import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2], process.argv[3]);');
  const address = 'https://islet.example/device?user_code=$(touch%20x);`id`&b';
  expect(await openBrowser(address, [process.execPath, script, said])).toBe(true);
  await expect.poll(() => readFileSync(said, 'utf8'), { timeout: 20_000 }).toBe(new URL(address).href);
  rmSync(folder, { recursive: true });
});

test('what is no address of the web is not opened, and a program that there is not opens none', async () => {
  for (const address of ['file:///etc/passwd', 'javascript:alert(1)', '--help', '']) {
    expect(await openBrowser(address, ['true'])).toBe(false);
  }
  expect(await openBrowser('https://islet.example', ['no-such-program-here'])).toBe(false);
  expect(await openBrowser('https://islet.example', undefined)).toBe(false);
});
