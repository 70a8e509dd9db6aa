/** A class from the page: a teacher's link gives students a copy of a lesson, and the board shows who is at which step. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBarriers } from './axe.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip, VISITORS } from './rig.ts';

const NAMES = ['Ann', 'Bo', 'Cy', '<b>Di</b>', '王'];

describe.skipIf(skip)('a class of five', () => {
  let rig: DashboardRig;
  let teacher: Page;
  let address = '';
  const students: Page[] = [];

  beforeAll(async () => {
    rig = await DashboardRig.open({ settings: VISITORS });
    teacher = rig.page;
    await teacher.goto(rig.address);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  test('the teacher shares the cluster of a lesson as copies', async () => {
    await teacher.getByRole('link', { name: 'Lessons' }).click();
    await teacher.locator('li.card', { hasText: 'A Deployment and its rollout' }).getByRole('button').click();
    await teacher.getByRole('complementary', { name: 'Lesson' }).waitFor();
    await teacher.getByRole('button', { name: 'Fold the lesson away' }).click();
    await teacher.getByRole('link', { name: 'Sharing' }).click();
    await teacher.getByRole('radio', { name: 'A copy for each' }).check();
    await teacher.getByRole('button', { name: 'Make a link' }).click();
    address = await teacher.locator('.made-link input').inputValue();
  });

  test('each student has a cluster of their own, with the lesson beside it', async () => {
    for (const name of NAMES) {
      const page = await rig.another();
      await page.goto(address);
      await page.getByText('A copy of a cluster is waiting for you').waitFor();
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Open as a visitor' }).click();
      await page.getByRole('complementary', { name: 'Lesson' }).getByText('Make a Deployment called').waitFor();
      students.push(page);
    }
  });

  test('the board has their names and follows their steps', async () => {
    const [ann] = students;
    await ann?.evaluate(async () => {
      const { items } = (await (await fetch('/islet/v1/clusters')).json()) as { items: { id: string }[] };
      const labels = { app: 'web' };
      const template = { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } };
      const body = { metadata: { name: 'web' }, spec: { selector: { matchLabels: labels }, template } };
      const headers = { 'Content-Type': 'application/json' };
      const path = `/clusters/${items[0]?.id}/apis/apps/v1/namespaces/default/deployments`;
      await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    });
    const board = teacher.locator('.class-board');
    await board.getByText('1 of 5').waitFor();
    const rows = await board.locator('tbody tr').allInnerTexts();
    expect(rows[0]).toMatch(/^Ann/);
    expect(rows.map((row) => row.split(/\t|\n/)[0]).sort()).toEqual([...NAMES].sort());
    expect(await findBarriers(teacher)).toEqual([]);
    await screenshot(teacher, 'class');
    rig.expectComplaint(/status of 40[14]/);
    expect(rig.problems).toEqual([]);
  });
});
