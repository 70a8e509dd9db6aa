/** A cluster is shared from the page: a second browser looks, and cannot change, until it is removed. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

describe.skipIf(skip)('sharing a cluster', () => {
  let rig: DashboardRig;
  let owner: Page;
  let guest: Page;
  let address = '';

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    owner = rig.page;
    await rig.enter();
    guest = await rig.another();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('a link is made on the page and shown once', async () => {
    await owner.getByRole('link', { name: 'Sharing' }).click();
    await owner.getByText('shared with nobody yet').waitFor();
    await owner.getByLabel('Label').fill('<b>Class</b>');
    await owner.getByRole('button', { name: 'Make a link' }).click();
    address = await owner.locator('.made-link input').inputValue();
    expect(address).toMatch(/^http:\/\/islet-\w+\.localhost:\d+\/#link=ey/);
    await owner.getByText('<b>Class</b>').waitFor();
    await owner.getByText('not used yet').waitFor();
    expect(await findBarriers(owner)).toEqual([]);
    await screenshot(owner, 'sharing');
  });

  test('who opens it is told what it gives, and sees the cluster without being able to change it', async () => {
    await guest.goto(address);
    await guest.getByText('shares the cluster default with you').waitFor();
    await guest.getByText('look at everything but Secrets, and change nothing').waitFor();
    expect(await findBarriers(guest)).toEqual([]);
    await screenshot(guest, 'sharing-offer');
    await guest.getByRole('button', { name: 'Open as a visitor' }).click();
    await guest.getByRole('heading', { name: 'Nodes' }).waitFor();
    expect(guest.url()).not.toContain('link=');
    const made = await guest.evaluate(async () => {
      const { items } = (await (await fetch('/islet/v1/clusters')).json()) as { items: { id: string }[] };
      const path = `/clusters/${items[0]?.id}/api/v1/namespaces/default/configmaps`;
      const body = JSON.stringify({ metadata: { name: 'x' } });
      const headers = { 'Content-Type': 'application/json' };
      return (await fetch(path, { method: 'POST', headers, body })).status;
    });
    expect(made).toBe(403);
    await guest.getByRole('link', { name: 'Sharing' }).click();
    await guest.getByText('Your role here does not include sharing').waitFor();
  });

  test('the guest finds it among their clusters, and can leave it', async () => {
    await guest.getByTitle('All clusters').click();
    const shared = guest.getByRole('region', { name: 'Shared with you' });
    await shared.getByText('View', { exact: false }).first().waitFor();
    expect(await findBarriers(guest)).toEqual([]);
    await screenshot(guest, 'clusters-shared');
    await shared.getByRole('button', { name: 'What can be done with default' }).click();
    await guest.getByRole('menuitem', { name: /Leave/ }).click();
    await guest.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
    await guest.getByText('You have left default.').waitFor();
    await shared.waitFor({ state: 'detached' });
    await guest.goto('about:blank');
    await guest.goto(address);
    await guest.getByRole('button', { name: 'Open the cluster' }).click();
    await guest.getByRole('heading', { name: 'Nodes' }).waitFor();
  });

  test('the owner sees who came, and removes them: their page says so at once', async () => {
    await owner.reload();
    await owner.getByText('used by 1 person').waitFor();
    await owner.getByRole('button', { name: 'Remove' }).click();
    await owner.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await owner.getByText('a visitor is removed.').waitFor();
    await guest.getByText('The cluster default is gone.').waitFor();
    await guest.goto(address);
    await guest.getByRole('button', { name: 'Open the cluster' }).click();
    await guest.getByText('you were removed from this cluster').waitFor();
  });

  test('a revoked link says so', async () => {
    await owner.getByRole('button', { name: 'Revoke' }).click();
    await owner.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await owner.getByText('There is no link yet.').waitFor();
    await guest.goto('about:blank');
    await guest.goto(address);
    await guest.getByText('this link does not exist any more').waitFor();
    rig.expectComplaint(/status of 40[134]/);
    // To the socket of a cluster that is theirs no longer.
    rig.expectComplaint(/response code: 404/);
    expect(rig.problems).toEqual([]);
  });
});
