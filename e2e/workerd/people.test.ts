/** People begin sessions from the dashboard's page: visitors, what their cookie may do, and what other pages may not. */
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';

function up(machine: Machine, visitors: boolean) {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const settings = visitors ? ['ISLET_VISITORS=true'] : [];
  return machine.command('env', ...settings, process.execPath, 'cli/islet.mjs', 'up', ...own);
}

test('a visitor has an account and a cluster of their own until they sign out', async () => {
  await using machine = new Machine();
  const browser = Browser.of(await up(machine, true).ready());
  expect((await browser.ask('GET', '/islet/v1/profile')).status).toBe(401);
  const begun = await browser.ask('POST', '/islet/v1/session/visitor', {});
  expect([begun.status, begun.json]).toEqual([201, { account: expect.stringMatching(/^p-[a-z2-7]{26}$/) }]);
  // Without Max-Age: the session ends with the browser.
  expect(begun.cookie).toMatch(/^islet-session-\d+=\S+; Path=\/; HttpOnly; SameSite=Strict$/);
  const profile = await browser.ask('GET', '/islet/v1/profile');
  expect(profile.json).toMatchObject({ ...(begun.json as object), kind: 'visitor', name: '' });

  const made = await browser.ask('POST', '/islet/v1/clusters', { name: 'first', simulatedNodes: 1 });
  expect(made.status, made.text).toBe(201);
  const { id } = made.json as { id: string };
  await eventually(async () => {
    expect((await browser.ask('GET', `/clusters/${id}/api/v1/nodes`)).json).toMatchObject({ items: [{}] });
  });
  // The machine's own account knows nothing of it.
  expect(await machine.run('clusters', 'list')).not.toContain('first');

  const other = browser.another();
  await other.ask('POST', '/islet/v1/session/visitor', {});
  expect((await other.ask('GET', `/clusters/${id}/api/v1/nodes`)).status).toBe(404);

  const cookie = browser.cookie;
  const out = await browser.ask('DELETE', '/islet/v1/session');
  expect([out.status, out.cookie]).toEqual([204, expect.stringContaining('Max-Age=0')]);
  browser.cookie = cookie;
  expect((await browser.ask('GET', '/islet/v1/profile')).status).toBe(401);
  expect((await browser.ask('GET', `/clusters/${id}/api/v1/nodes`)).status).toBe(401);
});

test('another site’s page begins no session here, and a form sends none', async () => {
  await using machine = new Machine();
  const browser = Browser.of(await up(machine, true).ready());
  const begin = (headers: Record<string, string | undefined>) =>
    browser.ask('POST', '/islet/v1/session/visitor', {}, headers);
  for (const origin of ['https://evil.example', 'null', undefined]) {
    expect((await begin({ origin })).json).toMatchObject({ code: 403, reason: 'Forbidden' });
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    expect((await begin({ 'content-type': type })).json).toMatchObject({ code: 400, reason: 'BadRequest' });
  }
  expect((await begin({})).status).toBe(201);
  for (const method of ['POST', 'DELETE'] as const) {
    const path = method === 'POST' ? '/islet/v1/clusters' : '/islet/v1/session';
    const asked = await browser.ask(method, path, { name: 'x' }, { origin: 'https://evil.example' });
    expect(asked.status).toBe(401);
  }
  expect((await browser.ask('GET', '/islet/v1/clusters')).json).toEqual({ items: [] });
});

test('a service that is for people who sign in says so to a visitor', async () => {
  await using machine = new Machine();
  const browser = Browser.of(await up(machine, false).ready());
  const refused = await browser.ask('POST', '/islet/v1/session/visitor', {});
  expect([refused.status, refused.cookie]).toEqual([403, undefined]);
  expect(refused.json).toMatchObject({ message: expect.stringContaining('ask its operator for a link') });
});
