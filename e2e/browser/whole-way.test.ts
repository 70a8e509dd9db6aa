/** The whole way of a person, in one go: from a visit to a class of their own. What each page does has tests of its own. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

const STUDENTS = ['Ann', 'Bo', 'Cy', 'Di', '王'];

describe.skipIf(skip)('the whole way', () => {
  let rig: DashboardRig;
  let page: Page;
  let authenticator: Authenticator;
  let link = '';

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    page = rig.page;
    authenticator = await Authenticator.of(page);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  const button = (name: string | RegExp, on = page) => on.getByRole('button', { name, exact: true });
  const follow = (name: string, on = page) => on.getByRole('link', { name, exact: true }).first().click();
  const isLive = (on = page) => on.locator('.live.is-live').waitFor();
  const web = (on = page) => on.locator('table.workloads tr', { hasText: 'web' }).first();
  const clusterRow = (name: string) => page.locator('.rows li').filter({ has: page.getByText(name, { exact: true }) });

  async function choose(cluster: string, action: RegExp): Promise<void> {
    await clusterRow(cluster)
      .getByRole('button', { name: `What can be done with ${cluster}` })
      .click();
    await page.getByRole('menuitem', { name: action }).click();
  }

  async function scaleWeb(replicas: number): Promise<void> {
    await web().getByRole('link').click();
    await page.locator('aside.drawer').getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Scale' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('spinbutton').fill(String(replicas));
    await dialog.getByRole('button', { name: 'Scale' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await web().getByText(`${replicas}/${replicas}`).waitFor();
  }

  test('a visitor has a cluster, applies, and watches it run', async () => {
    await page.goto(rig.site);
    await button('Start without an account').click();
    await isLive();
    await follow('Create');
    await button('Templates').click();
    await page.getByRole('menuitem', { name: 'Deployment + Service' }).click();
    await button('Check').click();
    await button('Apply 2 objects').click();
    await page.getByText('2 objects are applied.').waitFor();
    await follow('Overview');
    await web().getByText('3/3').waitFor();
  });

  test('signing in keeps the cluster, and a second device has it, too', async () => {
    await follow('Keep this cluster');
    await button('Add a passkey to keep them').click();
    await page.getByText('The account is yours now.').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada');
    await button('Save').click();
    await follow('Back to the clusters');
    await web().getByText('3/3').waitFor();

    const phone = await rig.another({ viewport: { width: 390, height: 844 } });
    await authenticator.syncTo(await Authenticator.of(phone));
    await phone.goto(rig.site);
    await button('Sign in with a passkey', phone).click();
    await web(phone).getByText('3/3').waitFor();
    await phone.context().close();
  });

  test('who has a link sees what happens, and is told why they change nothing', async () => {
    await follow('Sharing');
    await page.getByRole('radio', { name: /^View/ }).check();
    await button('Make a link').click();
    link = await page.locator('.made-link input').inputValue();

    const guest = await rig.another();
    await guest.goto(link);
    await guest.getByText('Ada shares the cluster default with you').waitFor();
    await button('Open as a visitor', guest).click();
    await web(guest).getByText('3/3').waitFor();
    await follow('Overview');
    await scaleWeb(4);
    await web(guest).getByText('4/4').waitFor();
    await web(guest).getByRole('link').click();
    await guest.locator('aside.drawer').getByRole('button', { name: 'Actions' }).click();
    const scale = guest.getByRole('menuitem', { name: /Scale/ });
    await expect.poll(() => scale.getAttribute('aria-disabled')).toBe('true');
    expect(await scale.getAttribute('title')).toContain('deployments.apps/scale');
    await guest.keyboard.press('Escape');
    await guest.keyboard.press('Escape');
    await follow('Create', guest);
    await button('Templates', guest).click();
    await guest.getByRole('menuitem', { name: 'Job', exact: true }).click();
    await button('Check', guest).click();
    await guest.locator('tr[data-object="Job/hello"]').getByText('forbidden').waitFor();
    await guest.context().close();
  });

  test('a fork is another cluster, and a rewind brings back what was', async () => {
    await page.getByTitle('All clusters').click();
    await choose('default', /Fork/);
    await page.getByRole('dialog').getByRole('button', { name: 'Fork', exact: true }).click();
    await button('Open').click();
    await web().getByText('4/4').waitFor();
    await scaleWeb(1);
    await follow('History');
    const change = page
      .locator('.history li', { hasText: 'deployments.apps/web' })
      .filter({ hasText: 'scaled' })
      .first();
    await change.getByRole('button', { expanded: false }).click();
    await change.getByRole('button', { name: /Rewind this object/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rewind' }).click();
    await page.getByText(/changes? (is|are) made/).waitFor();
    await follow('Overview');
    await web().getByText('4/4').waitFor();
  });

  test('a deleted cluster is had back as it was', async () => {
    await page.getByTitle('All clusters').click();
    await choose('default-copy', /Delete/);
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    // The notice of the rewind offers another.
    await page.locator('.toast', { hasText: 'default-copy is deleted.' }).getByRole('button', { name: 'Undo' }).click();
    await page.getByText('default-copy is back.').waitFor();
    await clusterRow('default-copy').getByRole('link').first().click();
    await web().getByText('4/4').waitFor();
  });

  test('a class of five has copies of a lesson, and the board shows how far each is', async () => {
    await follow('Lessons');
    await page.locator('li.card', { hasText: 'A Deployment and its rollout' }).getByRole('button').click();
    await page.getByRole('complementary', { name: 'Lesson' }).waitFor();
    await button('Fold the lesson away').click();
    await follow('Sharing');
    await page.getByRole('radio', { name: 'A copy for each' }).check();
    await button('Make a link').click();
    link = await page.locator('.made-link input').inputValue();
    for (const name of STUDENTS) {
      const student = await rig.another();
      await student.goto(link);
      await student.getByLabel('Your name').fill(name);
      await button('Open as a visitor', student).click();
      await student.getByRole('complementary', { name: 'Lesson' }).getByText('Make a Deployment called').waitFor();
      if (name !== 'Cy') continue;
      await follow('Terminal', student);
      await student.locator('.xterm-helper-textarea').focus();
      await student.keyboard.type('kubectl create deployment web --image nginx:1.27\n');
      await student.locator('.xterm-rows').getByText('deployment.apps/web created').waitFor();
    }
    const rows = page.locator('.class-board tbody tr');
    await rows.getByText(/^[1-9] of \d/).waitFor();
    await rows.nth(STUDENTS.length - 1).waitFor();
    const names = (await rows.allInnerTexts()).map((row) => row.split(/\t|\n/)[0]);
    expect(names[0]).toBe('Cy');
    expect(names.sort()).toEqual([...STUDENTS].sort());
  });

  test('the pages reported no problem on the way', () => {
    rig.expectComplaint(/status of 40[1349]/);
    expect(rig.problems).toEqual([]);
  });
});
