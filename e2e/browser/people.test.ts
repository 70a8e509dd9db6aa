/** People in a real browser: a visit that is kept by a passkey, another device, and what a page says when it can't go on. */
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { screenshot } from './browser.ts';
import { look } from './look.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

describe.skipIf(skip)('people', () => {
  let rig: DashboardRig;
  let address = '';
  let page: Page;
  let authenticator: Authenticator;
  let codes: string[] = [];

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    address = rig.site;
    page = rig.page;
    authenticator = await Authenticator.of(page);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('the sign-in page can be used by everybody, light and dark, on a phone', async () => {
    await page.goto(address);
    await page.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    await page.getByRole('button', { name: 'Start without an account' }).waitFor();
    await look(page, 'sign-in');
  });

  test('a visitor has a cluster with one click, and keeps it with a passkey', async () => {
    await page.getByRole('button', { name: 'Start without an account' }).click();
    await page.locator('.live.is-live').waitFor();
    expect(page.url()).toContain('#cluster=default');
    await look(page, 'visitor');
    await page.getByRole('link', { name: 'Keep this cluster' }).click();
    await page.getByRole('heading', { name: 'You are a visitor' }).waitFor();
    await page.getByText('When they are not used they are deleted').waitFor();
    await look(page, 'account-visitor');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('meter', { name: 'Clusters' }).waitFor();
    await page
      .getByText(/^\d+ requests? · .* rows read, .* · awake for \d+ s · about \$0\.\d+$/)
      .first()
      .waitFor();
    await look(page, 'account-usage');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').getByText('Nothing but this session').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Add a passkey to keep them' }).click();
    await page.getByText('The account is yours now.').waitFor();
    await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
    await page.getByText('Chrome on Linux').first().waitFor();
  });

  test('a person has a name and recovery codes, shown once', async () => {
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada <b>王</b>');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('button', { name: 'Make codes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('listitem').nth(9).waitFor();
    codes = await dialog.getByRole('listitem').allTextContents();
    expect(codes[0]).toMatch(/^p-[a-z2-7]{26}(-[a-z2-7]{4}){4}$/);
    await look(page, 'recovery-codes');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('10 codes are left').waitFor();
    await page.reload();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Ada <b>王</b>');
    await look(page, 'account');
  });

  test('signing out leads to the sign-in page; the passkey leads back to the same cluster', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    await page.goto(`${address}/#cluster=default`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.locator('.live.is-live').waitFor();
    expect(page.url()).toContain('#cluster=default');
  });

  test('a second browser with a recovery code is the same person, and is signed out from the first', async () => {
    const other = await rig.another();
    await other.goto(address);
    await other.getByText('Use a recovery code').click();
    const field = other.getByRole('textbox', { name: 'Recovery code' });
    await field.fill('nonsense');
    await field.press('Enter');
    await other.getByRole('alert').getByText('this is no recovery code').waitFor();
    await field.fill(` ${codes[0]?.toUpperCase()} `);
    await field.press('Enter');
    await other.locator('.live.is-live').waitFor();
    await other.getByText('This code is used up.').waitFor();
    await page.goto(`${address}/#page=account`);
    const sessions = page.getByRole('region', { name: 'Sessions' });
    await sessions.getByText('recovery code').waitFor();
    await page.getByText('9 codes are left').waitFor();
    await sessions.getByRole('listitem').filter({ hasText: 'recovery code' }).getByRole('button').click();
    await page.getByText('The session has ended.').waitFor();
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in to Islet' }).waitFor();
    await other.context().close();
  });

  test('an old session asks for the passkey again before ways in change', async () => {
    await page.route('**/islet/v1/recovery-codes', refuseOnce);
    await page.getByRole('button', { name: 'Make new codes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make new codes' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('dialog').getByRole('listitem').nth(9).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    // The session that was too old has given way to the new one.
    await page.reload();
    await page.getByText('this browser').waitFor();
    expect(await page.getByRole('region', { name: 'Sessions' }).getByRole('listitem').count()).toBe(1);
    await page.unroute('**/islet/v1/recovery-codes', refuseOnce);
  });

  test('the last passkey stays, and says why', async () => {
    await page.getByRole('button', { name: 'Remove Chrome on Linux' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('this is the last way to sign in to this account').waitFor();
  });

  test('a visitor who has an account brings the cluster along', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Start without an account' }).click();
    await page.getByRole('heading', { name: 'You are a visitor' }).waitFor();
    await page.getByRole('button', { name: 'Sign in, and bring your clusters along' }).click();
    await page.getByText('your clusters came along').waitFor();
    await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
    await page.getByRole('link', { name: 'Back to the clusters' }).click();
    await page.locator('.live.is-live').waitFor();
    const names = page.getByRole('combobox', { name: 'Cluster' }).getByRole('option');
    await expect.poll(() => names.allTextContents()).toEqual(['default', 'default-2', 'All clusters …']);
    await page.goto(`${address}/#page=account`);
  });

  test('a clock an hour off signs in all the same; a person who cancels may try again', async () => {
    await page.clock.install({ time: Date.now() + 3600_000 });
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await authenticator.verifies(false);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').getByText('Nothing was chosen').waitFor();
    await authenticator.verifies(true);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
  });

  test('a person begins with a passkey, and makes a first cluster from the page, all by keyboard', async () => {
    const other = await rig.another();
    await Authenticator.of(other);
    await other.goto(address);
    const details = other.getByText('Create an account');
    await details.focus();
    await other.keyboard.press('Enter');
    await other.keyboard.press('Tab');
    await other.keyboard.type('Grace');
    await other.keyboard.press('Enter');
    const create = other.getByRole('button', { name: 'Create the cluster default' });
    await create.waitFor();
    await create.focus();
    await other.keyboard.press('Enter');
    await other.locator('.live.is-live').waitFor();
    await other.keyboard.press('g');
    await other.keyboard.press('a');
    await other.getByRole('heading', { name: 'Passkeys' }).waitFor();
    expect(await other.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Grace');
    await other.context().close();
  });

  test('where cookies are blocked the page says so', async () => {
    const other = await rig.another();
    // A sign-in that succeeded, and left nothing.
    await other.route('**/islet/v1/session/visitor', (route) => route.fulfill({ status: 201, json: {} }));
    await other.goto(address);
    await other.getByRole('button', { name: 'Start without an account' }).click();
    await other.getByRole('alert').getByText('does not keep the cookie').waitFor();
    await other.context().close();
  });

  test('a service that is away for a moment is waited for', async () => {
    const other = await rig.another();
    const away = (route: Route) => route.abort();
    await other.route('**/session/methods', away);
    await other.goto(address);
    await other.getByRole('alert').getByText('Islet does not answer').waitFor();
    await other.unroute('**/session/methods', away);
    await other.getByRole('button', { name: 'Start without an account' }).waitFor();
    expect(await other.getByRole('alert').count()).toBe(0);
    await other.context().close();
    rig.expectComplaint(/ERR_FAILED/);
  });

  test('in Chinese, too', async () => {
    const other = await rig.another({ locale: 'zh-CN' });
    await other.goto(address);
    await other.getByRole('button', { name: '使用通行密钥登录' }).waitFor();
    await screenshot(other, 'sign-in-zh');
    await other.context().close();
  });

  test('the pages themselves reported no problem', () => {
    // The browser's own lines about answers that were asked for, and about other tests' network interfaces.
    rig.expectComplaint(/status of (400|401|403|409)|ERR_NETWORK_CHANGED/);
    expect(rig.problems).toEqual([]);
  });
});

let refused = false;

/** Answers the first POST as the service does 15 minutes after the sign-in. */
async function refuseOnce(route: Route): Promise<void> {
  if (refused || route.request().method() !== 'POST') return route.fallback();
  refused = true;
  const causes = [{ reason: 'SignInAgain', message: 'sign in again first' }];
  const json = { kind: 'Status', message: 'sign in again first', reason: 'Forbidden', details: { causes }, code: 403 };
  return route.fulfill({ status: 403, json });
}
