/** Clusters that change hands: brought along by a visitor who signs in, and offered to another account. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Authenticator } from '../../durable-objects/testing/authenticator.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';

const machine = new Machine();
let first: Browser;
const NAMESPACES = '/api/v1/namespaces';

beforeAll(async () => {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const up = machine.command('env', 'ISLET_VISITORS=true', process.execPath, 'cli/islet.mjs', 'up', ...own);
  first = Browser.of(await up.ready());
});
afterAll(() => machine[Symbol.asyncDispose]());

interface Cluster {
  id: string;
  name: string;
  token: string;
}

async function visit(browser: Browser): Promise<Cluster> {
  const begun = await browser.ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: 0 } });
  expect(begun.status, begun.text).toBe(201);
  return (begun.json as { cluster: Cluster }).cluster;
}

async function passkey(browser: Browser, path: string, authenticator: Authenticator, what: 'make' | 'sign') {
  const asked = (await browser.ask('POST', `${path}/options`, {})).json as { challenge: string; options: never };
  const response = authenticator[what](asked.options);
  const more = what === 'make' ? { label: 'Laptop', name: 'Ada' } : {};
  return browser.ask('POST', path, { challenge: asked.challenge, response, ...more });
}

const namesOf = async (browser: Browser): Promise<string[]> =>
  ((await browser.ask('GET', '/islet/v1/clusters')).json as { items: Cluster[] }).items.map(({ name }) => name);

const withToken = (token: string) => ({ authorization: `Bearer ${token}` });

test('a visitor who signs in has the cluster in the account from then on, and its kubeconfig goes on', async () => {
  const authenticator = new Authenticator(first.origin);
  const home = first.another();
  await visit(home);
  expect((await passkey(home, '/islet/v1/passkeys', authenticator, 'make')).status).toBe(201);

  const cafe = first.another();
  const { id, token } = await visit(cafe);
  const before = cafe.cookie;
  expect((await cafe.ask('GET', `/clusters/${id}${NAMESPACES}`)).status).toBe(200);
  expect((await passkey(cafe, '/islet/v1/session/passkey', authenticator, 'sign')).status).toBe(201);
  expect(await namesOf(cafe)).toEqual(['first', 'first-2']);
  expect(await namesOf(home)).toEqual(['first', 'first-2']);
  for (const browser of [cafe, home]) {
    expect((await browser.ask('GET', `/clusters/${id}${NAMESPACES}`)).status).toBe(200);
  }
  const kubectl = await first.another().ask('GET', `/clusters/${id}${NAMESPACES}`, undefined, withToken(token));
  expect(kubectl.status).toBe(200);
  // The session of the visit leads to nothing any more, although the edge had let it in a moment ago.
  cafe.cookie = before;
  expect((await cafe.ask('GET', `/clusters/${id}${NAMESPACES}`)).status).toBe(404);
  expect(await namesOf(cafe)).toEqual([]);
});

test('a visitor who signs in has what was deleted, and the role in a cluster of another, in the account', async () => {
  const authenticator = new Authenticator(first.origin);
  const home = first.another();
  await visit(home);
  await passkey(home, '/islet/v1/passkeys', authenticator, 'make');
  const owner = first.another();
  const shared = await visit(owner);
  const link = await owner.ask('POST', `/clusters/${shared.id}/islet/v1/links`, { role: 'view' });
  expect(link.status, link.text).toBe(201);

  const cafe = first.another();
  const { id } = await visit(cafe);
  const accepted = await cafe.ask('POST', '/islet/v1/links/accept', { token: (link.json as { token: string }).token });
  expect(accepted.status, accepted.text).toBe(201);
  expect((await cafe.ask('DELETE', '/islet/v1/clusters/first')).status).toBe(200);
  expect((await passkey(cafe, '/islet/v1/session/passkey', authenticator, 'sign')).status).toBe(201);
  const pods = `/clusters/${shared.id}/api/v1/namespaces/default/pods`;
  expect((await home.ask('GET', pods)).status).toBe(200);
  expect((await home.ask('DELETE', pods)).status).toBe(403);
  expect((await home.ask('POST', `/islet/v1/deleted-clusters/${id}/undelete`, { as: 'back' })).status).toBe(200);
  expect((await home.ask('GET', `/clusters/${id}${NAMESPACES}`)).status).toBe(200);
});

test('an offer moves a cluster once; the giver has it no longer', async () => {
  const giver = first.another();
  const { id, name, token } = await visit(giver);
  const offered = await giver.ask('POST', `/islet/v1/clusters/${name}/offer`, {});
  expect(offered.status, offered.text).toBe(201);
  const { code } = offered.json as { code: string };
  const accept = (browser: Browser) => browser.ask('POST', '/islet/v1/offers/accept', { code });
  // What a visitor accepted would end with the visit.
  const visitor = first.another();
  await visit(visitor);
  expect((await accept(visitor)).json).toMatchObject({ code: 403, message: expect.stringContaining('sign in first') });
  expect((await accept(giver)).status).toBe(403);
  for (const wrong of ['', 'nonsense', token]) {
    expect((await visitor.ask('POST', '/islet/v1/offers/accept', { code: wrong })).status).toBe(404);
  }

  expect(await machine.run('clusters', 'accept', code, '--kubeconfig', machine.kubeconfig)).toMatch(
    /^cluster first is yours now: context islet-first in .*, the current one now\n$/,
  );
  expect(await machine.run('clusters', 'list')).toContain(id);
  expect(await namesOf(giver)).toEqual([]);
  expect((await giver.ask('GET', `/clusters/${id}${NAMESPACES}`)).status).toBe(404);
  expect((await giver.ask('GET', `/clusters/${id}${NAMESPACES}`, undefined, withToken(token))).status).toBe(401);
  const { code: exit, output } = await machine.islet('clusters', 'accept', code, '--state', machine.state).ended;
  expect([exit, output]).toEqual([1, expect.stringContaining('this offer was taken, or has expired')]);
});

test('a kubeconfig that was made with a token of the account ends with it', async () => {
  const browser = first.another();
  const { id, name } = await visit(browser);
  const made = await browser.ask('POST', '/islet/v1/account-tokens', { label: 'ci' });
  const { token } = made.json as { token: string };
  const elsewhere = first.another();
  const kubeconfig = await elsewhere.ask('POST', `/islet/v1/clusters/${name}/token`, {}, withToken(token));
  expect(kubeconfig.status, kubeconfig.text).toBe(201);
  const held = withToken((kubeconfig.json as Cluster).token);
  const look = async () => (await elsewhere.ask('GET', `/clusters/${id}${NAMESPACES}`, undefined, held)).status;
  expect(await look()).toBe(200);
  const listed = await browser.ask('GET', '/islet/v1/account-tokens');
  const { items } = listed.json as { items: { id: string; label?: string }[] };
  const ci = items.find(({ label }) => label === 'ci')?.id;
  expect((await browser.ask('DELETE', `/islet/v1/account-tokens/${ci}`)).status).toBe(200);
  expect(await look()).toBe(401);
});
