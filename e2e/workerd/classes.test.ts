/** A class: a link gives each student a copy of a cluster, and its teacher sees how far each has come. */
import { expect, test } from 'vitest';
import type { LinkUse, ShareLink } from '../../wire/sharing.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

test('five students have a copy each, whatever the others do, and the teacher sees their steps', async () => {
  await using machine = new Machine();
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const up = machine.command('env', 'ISLET_VISITORS=true', process.execPath, 'cli/islet.mjs', 'up', ...own);
  const teacher = Browser.of(await up.ready());
  await teacher.ask('POST', '/islet/v1/session/visitor', {});
  const made = (await teacher.ask('POST', '/islet/v1/clusters', { name: 'class', simulatedNodes: 1 })).json;
  const base = `/clusters/${(made as { id: string }).id}`;
  await teacher.ask('POST', base + MAPS, { metadata: { name: 'task' }, data: { text: 'begin' } });
  const link = (await teacher.ask('POST', `${base}/islet/v1/links`, { role: 'copy', maxUses: 5 })).json as ShareLink & {
    token: string;
  };
  const offer = await teacher.another().ask('POST', '/islet/v1/links/offer', { token: link.token });
  expect(offer.json).toMatchObject({ cluster: 'class', role: 'copy' });

  const students = await Promise.all(
    ['Ann', 'Bo', 'Cy', 'Di', 'Ed'].map(async (name) => {
      const browser = teacher.another();
      await browser.ask('POST', '/islet/v1/session/visitor', {});
      await browser.ask('PATCH', '/islet/v1/profile', { name });
      const accepted = await browser.ask('POST', '/islet/v1/links/accept', { token: link.token });
      expect(accepted.status, accepted.text).toBe(201);
      return { name, browser, base: `/clusters/${(accepted.json as { id: string }).id}` };
    }),
  );
  expect(new Set(students.map((student) => student.base)).size).toBe(5);
  const [ann, bo] = students as [(typeof students)[0], (typeof students)[0]];
  expect((await ann.browser.ask('GET', `${ann.base}${MAPS}/task`)).json).toMatchObject({ data: { text: 'begin' } });
  // A copy is the student's own: neither the teacher nor another student is in it.
  expect((await ann.browser.ask('DELETE', `${ann.base}${MAPS}/task`)).status).toBe(200);
  expect((await bo.browser.ask('GET', `${bo.base}${MAPS}/task`)).status).toBe(200);
  expect((await teacher.ask('GET', `${ann.base}${MAPS}`)).status).toBe(404);
  expect((await ann.browser.ask('GET', `${base}${MAPS}`)).status).toBe(404);

  // The link opened again leads to the copy that there is; a sixth student has none.
  const again = await ann.browser.ask('POST', '/islet/v1/links/accept', { token: link.token });
  expect(`/clusters/${(again.json as { id: string }).id}`).toBe(ann.base);
  const sixth = teacher.another();
  await sixth.ask('POST', '/islet/v1/session/visitor', {});
  expect((await sixth.ask('POST', '/islet/v1/links/accept', { token: link.token })).status).toBe(403);

  const report = (student: (typeof students)[0], done: unknown) =>
    student.browser.ask('POST', `${student.base}/islet/v1/lesson-progress`, { lesson: '01-rollouts', done, steps: 5 });
  expect((await report(ann, 3)).json).toEqual({ reported: true });
  expect((await report(bo, 1)).json).toEqual({ reported: true });
  expect((await report(bo, 7)).status).toBe(400);
  const { items } = (await teacher.ask('GET', `${base}/islet/v1/links`)).json as { items: { usedBy: LinkUse[] }[] };
  const board = new Map(items[0]?.usedBy.map(({ name, progress }) => [name, progress?.done]));
  expect([...board].sort()).toEqual([
    ['Ann', 3],
    ['Bo', 1],
    ['Cy', undefined],
    ['Di', undefined],
    ['Ed', undefined],
  ]);
  // The teacher's own cluster is nobody's copy.
  const none = await teacher.ask('POST', `${base}/islet/v1/lesson-progress`, { lesson: 'x', done: 0, steps: 1 });
  expect(none.json).toEqual({ reported: false });
});
