/** A person signs in at a provider, makes a token, and lets a program in: in a real browser. */
import { join } from 'node:path';
import type { Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptService } from '../../cli/local/service-file.ts';
import { CLIENT_ID, CLIENT_SECRET, OidcProvider } from '../workerd/people/provider.ts';
import type { Machine, Up } from '../workerd/service.ts';
import { screenshot } from './browser.ts';
import { look } from './look.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

describe.skipIf(skip)('access', () => {
  const provider = new OidcProvider();
  let rig: DashboardRig;
  let machine: Machine;
  let page: Page;
  let address = '';

  beforeAll(async () => {
    await provider.listen();
    const client = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
    const providers = [{ name: 'acme', label: 'Acme', issuer: provider.issuer, ...client }];
    const settings = { ...VISITORS, ISLET_OIDC_PROVIDERS: JSON.stringify(providers) };
    rig = await DashboardRig.open({ settings });
    ({ machine, page, site: address } = rig);
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  test('a provider signs a person in, who comes back to where they were', async () => {
    await page.goto(`${address}/#page=account`);
    await page.getByRole('link', { name: 'Sign in with Acme' }).waitFor();
    await look(page, 'sign-in-provider');
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.getByRole('heading', { name: 'Sign-in with providers' }).waitFor();
    expect(page.url()).toBe(`${address}/#page=account`);
    await page.getByRole('region', { name: 'Sign-in with providers' }).getByText('ada@example.com').waitFor();
  });

  test('another identity is linked; the last one stays', async () => {
    // As for a session that is too old: the person goes to the provider they have, and then to the other.
    await page.route('**/oidc/acme?*purpose=link', refuse, { times: 1 });
    await page.getByRole('button', { name: 'Link Acme' }).click();
    provider.person = { sub: 'ada', email: 'ada@example.com', name: 'Ada' };
    const back = page.waitForResponse(isCallback);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in with Acme' }).click();
    expect((await back).status()).toBe(200);
    provider.person = { sub: 'ada-at-home', email: 'ada@home.example', name: 'Ada' };
    await page.getByRole('button', { name: 'Link Acme' }).click();
    await page.getByText('ada@home.example').waitFor();
    await page.getByRole('button', { name: 'Remove ada@example.com' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('ada@example.com').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove ada@home.example' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('this is the last way to sign in to this account').waitFor();
  });

  test('a token is made, shown once, listed with what it is for, and ended', async () => {
    await page.getByRole('button', { name: 'Create a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'What is it for?' }).fill('CI <b>x</b>');
    await dialog.getByRole('combobox', { name: 'It lasts' }).selectOption({ label: '7 days' });
    await dialog.getByRole('checkbox', { name: 'It may only look' }).check();
    await look(page, 'token-new');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('It is shown this once.').waitFor();
    await look(page, 'token-made');
    const token = (await dialog.locator('.token').textContent()) ?? '';
    expect(await statusWith(token)).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    const tokens = page.getByRole('region', { name: 'Tokens' });
    await tokens.getByText('CI <b>x</b>').waitFor();
    await tokens.getByText('read-only').waitFor();
    await look(page, 'account-access');
    await tokens.getByRole('button', { name: 'End the token CI' }).click();
    await dialog.getByRole('button', { name: 'End' }).click();
    await page.getByText('The token has ended.').waitFor();
    expect(await statusWith(token)).toBe(401);
  });

  test('a program is let in by its code, and one is refused', async () => {
    const { up, code } = await login();
    await page.goto(`${address}/device?user_code=${code}`);
    await page.getByRole('heading', { name: 'test laptop asks for access to your account' }).waitFor();
    await look(page, 'device-asked');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    await look(page, 'device-approved');
    expect((await up.ended).code, up.output).toBe(0);

    const second = await login();
    await page.getByRole('button', { name: 'Another code' }).click();
    const field = page.getByRole('textbox', { name: 'Code' });
    await field.fill('nonsense');
    await field.press('Enter');
    await page.getByRole('alert').getByText('This code is wrong').waitFor();
    await look(page, 'device-code');
    await field.fill(second.code.toLowerCase());
    await field.press('Enter');
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('heading', { name: 'Refused' }).waitFor();
    expect((await second.up.ended).output).toContain('refused in the browser');
  });

  test('who is not signed in does that first, and then sees what is asked', async () => {
    const other = await rig.another();
    const { up, code } = await login();
    await other.goto(`${address}/device?user_code=${code}`);
    await other.getByRole('link', { name: 'Sign in with Acme' }).click();
    await other.getByRole('button', { name: 'Approve' }).click();
    await other.getByRole('heading', { name: 'Approved' }).waitFor();
    expect((await up.ended).code, up.output).toBe(0);
    await other.context().close();
  });

  test('an old session goes to the provider again, and back', async () => {
    const { up, code } = await login();
    await page.goto(`${address}/device?user_code=${code}`);
    await page.route('**/islet/v1/device/decision', refuse, { times: 1 });
    await page.getByRole('button', { name: 'Approve' }).click();
    const back = page.waitForResponse(isCallback);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in with Acme' }).click();
    expect((await back).status()).toBe(200);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    expect((await up.ended).code, up.output).toBe(0);
  });

  test('in Chinese, too', async () => {
    const other = await rig.another({ locale: 'zh-CN' });
    await other.goto(address);
    await other.goto(`${address}/#page=account`);
    await other.getByRole('link', { name: '使用 Acme 登录' }).click();
    await other.getByRole('button', { name: '创建令牌' }).waitFor();
    await screenshot(other, 'account-access-zh');
    await other.goto(`${address}/device`);
    await other.getByRole('heading', { name: '授权程序' }).waitFor();
    await other.context().close();
  });

  test('the pages themselves reported no problem', () => {
    rig.expectComplaint(/status of (401|403|404|409)/);
    expect(rig.problems).toEqual([]);
  });

  async function login(): Promise<{ up: Up; code: string }> {
    const server = keptService(machine.state)?.server ?? '';
    const state = join(machine.folder, 'laptop');
    const trust = `NODE_EXTRA_CA_CERTS=${join(machine.state, 'ca.crt')}`;
    const args = [
      'login',
      '--server',
      server,
      '--state',
      state,
      '--no-browser',
      '--label',
      'test laptop',
      '--ttl',
      '1h',
    ];
    const up = machine.command('env', trust, process.execPath, 'cli/islet.mjs', ...args);
    const shown = () => /^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(up.output)?.[1];
    await expect.poll(shown, { timeout: 20_000 }).toBeDefined();
    return { up, code: shown() ?? '' };
  }

  function statusWith(token: string): Promise<number> {
    return page.evaluate(async (authorization) => {
      return (await fetch('/islet/v1/clusters', { headers: { authorization } })).status;
    }, `Bearer ${token}`);
  }
});

/** The browser's return from the provider. */
function isCallback(response: Response): boolean {
  return new URL(response.url()).pathname.endsWith('/callback');
}

/** As the service answers 15 minutes after the sign-in. */
async function refuse(route: Parameters<Parameters<Page['route']>[1]>[0]): Promise<void> {
  const causes = [{ reason: 'SignInAgain', message: 'sign in again first' }];
  const json = { kind: 'Status', message: 'sign in again first', reason: 'Forbidden', details: { causes }, code: 403 };
  await route.fulfill({ status: 403, json });
}
