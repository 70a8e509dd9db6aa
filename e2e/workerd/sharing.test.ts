/** A cluster is shared by links: what members may do, and that it ends with their membership. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { claimsOf } from '../../agent/api/claims.ts';
import { send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import type { LinkOffer, Member, ShareLink } from '../../wire/sharing.ts';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';
import { watchOverHttp } from './watch.ts';

async function up(machine: Machine): Promise<Browser> {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const service = machine.command('env', 'ISLET_VISITORS=true', process.execPath, 'cli/islet.mjs', 'up', ...own);
  return Browser.of(await service.ready());
}

/** A visitor who called themself so, and what they did from there. */
async function visitor(from: Browser, name: string) {
  const browser = from.another();
  const begun = await browser.ask('POST', '/islet/v1/session/visitor', {});
  expect(begun.status, begun.text).toBe(201);
  await browser.ask('PATCH', '/islet/v1/profile', { name });
  return { browser, account: (begun.json as { account: string }).account };
}

/** The owner, with a cluster, and links to it. */
async function owner(from: Browser) {
  const { browser } = await visitor(from, 'Ada');
  const made = await browser.ask('POST', '/islet/v1/clusters', { name: 'shop', simulatedNodes: 1 });
  const base = `/clusters/${(made.json as { id: string }).id}`;
  const link = async (body: object) => {
    const answer = await browser.ask('POST', `${base}/islet/v1/links`, body);
    expect(answer.status, answer.text).toBe(201);
    return answer.json as ShareLink & { token: string };
  };
  return { browser, base, link };
}

test('who comes by a link of the role view can see and not change, and is named in what they may do', async () => {
  await using machine = new Machine();
  const start = await up(machine);
  const { browser: ada, base, link } = await owner(start);
  const { browser: bob, account } = await visitor(start, 'Bob');
  expect((await bob.ask('GET', `${base}/api/v1/nodes`)).status).toBe(404);

  const { token, id } = await link({ role: 'view' });
  const offered = await start.another().ask('POST', '/islet/v1/links/offer', { token });
  expect(offered.json).toMatchObject({ cluster: 'shop', role: 'view', by: 'Ada' } satisfies Partial<LinkOffer>);
  expect((await start.another().ask('POST', '/islet/v1/links/accept', { token })).status).toBe(401);
  expect((await bob.ask('POST', '/islet/v1/links/accept', { token })).json).toMatchObject({
    name: 'shop',
    role: 'view',
  });
  expect((await bob.ask('GET', '/islet/v1/clusters')).json).toMatchObject({ items: [{ name: 'shop', role: 'view' }] });

  expect((await bob.ask('GET', `${base}/api/v1/nodes`)).status).toBe(200);
  const refused = await bob.ask('POST', `${base}/api/v1/namespaces/default/configmaps`, { metadata: { name: 'a' } });
  expect(refused.json).toMatchObject({
    code: 403,
    message: `configmaps is forbidden: User "islet:account:${account}" cannot create resource "configmaps" in API group "" in the namespace "default"`,
  });
  for (const path of [
    '/api/v1/namespaces/default/secrets',
    '/islet/v1/links',
    '/islet/v1/members',
    '/islet/v1/tokens',
  ]) {
    expect((await bob.ask('GET', base + path)).status, path).toBe(403);
  }
  const secret = await bob.ask('GET', `${base}/islet/v1/trace?resource=secrets&name=x`);
  expect([secret.status, (secret.json as { message: string }).message]).toEqual([
    403,
    expect.stringMatching(/secrets/),
  ]);
  const review = `${base}/apis/authentication.k8s.io/v1/selfsubjectreviews`;
  expect((await bob.ask('POST', review, {})).json).toMatchObject({
    status: { userInfo: { extra: { 'islet.dev/name': ['Bob'] }, groups: ['islet:view', 'system:authenticated'] } },
  });
  // A member neither deletes the cluster nor knows the owner's others.
  expect((await bob.ask('DELETE', '/islet/v1/clusters/shop')).status).toBe(404);
  expect((await ada.ask('GET', `${base}/islet/v1/links`)).json).toMatchObject({
    items: [{ id, usedBy: [{ account, name: 'Bob' }] }],
  });
});

test('an admin’s rights are the cluster’s; a role that is lessened, and one that is taken, count at once', async () => {
  await using machine = new Machine();
  const start = await up(machine);
  const { browser: ada, base, link } = await owner(start);
  const { browser: bob, account } = await visitor(start, 'Bob');
  const { token } = await link({ role: 'admin', maxUses: 1 });
  await bob.ask('POST', '/islet/v1/links/accept', { token });
  const secrets = `${base}/api/v1/namespaces/default/secrets`;
  expect((await bob.ask('GET', secrets)).status).toBe(200);

  const kubeconfig = (await bob.ask('POST', '/islet/v1/clusters/shop/token', {})).json as { token: string };
  const { server, ca } = readService(machine.state);
  const endpoint = { server: server + base, ca, token: kubeconfig.token };
  const watch = watchOverHttp(endpoint, '/api/v1/namespaces/default/secrets');
  await watch.opened;
  const lessened = await ada.ask('PUT', `${base}/islet/v1/members/${account}`, { role: 'edit' });
  expect((lessened.json as Member).role).toBe('edit');
  await eventually(() => expect(watch.isOver).toBe(true));
  expect((await bob.ask('GET', `${base}/api/v1/nodes`)).status).toBe(200);
  expect((await bob.ask('GET', `${base}/islet/v1/members`)).status).toBe(403);
  const binding = {
    metadata: { name: 'more' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'islet:edit' }],
  };
  const raise = await bob.ask('POST', `${base}/apis/rbac.authorization.k8s.io/v1/clusterrolebindings`, binding);
  expect(raise.status).toBe(403);

  expect((await ada.ask('DELETE', `${base}/islet/v1/members/${account}`)).status).toBe(200);
  expect((await bob.ask('GET', `${base}/api/v1/nodes`)).status).toBe(404);
  expect((await send(endpoint, 'GET', '/api/v1/nodes')).status).toBe(404);
  expect((await bob.ask('GET', '/islet/v1/clusters')).json).toEqual({ items: [] });
  expect((await bob.ask('POST', '/islet/v1/links/accept', { token })).json).toMatchObject({
    message: 'you were removed from this cluster: ask its owner for a new link',
  });
});

test('a link names its maker as they are called at the time, and none by the id of an account', async () => {
  await using machine = new Machine();
  const start = await up(machine);
  const { browser: ada, link } = await owner(start);
  for (const name of ['', 'Ada King']) {
    expect((await ada.ask('PATCH', '/islet/v1/profile', { name })).status).toBe(200);
    const { token } = await link({ role: 'view' });
    const offered = await start.another().ask('POST', '/islet/v1/links/offer', { token });
    expect(offered.json).toMatchObject({ by: name } satisfies Partial<LinkOffer>);
  }
});

test('wrong, revoked and foreign links give nothing, and say so', async () => {
  await using machine = new Machine();
  const start = await up(machine);
  const { browser: ada, base, link } = await owner(start);
  const { browser: bob } = await visitor(start, '');
  const { token, id } = await link({ role: 'edit' });
  const accept = async (text: unknown) => {
    const { json } = await bob.ask('POST', '/islet/v1/links/accept', { token: text });
    return (json as { message: string }).message;
  };
  const notOurs = 'this is not a link of this service: was it copied whole?';
  expect(await accept(token.slice(0, -4))).toBe(notOurs);
  expect(await accept('x')).toBe(notOurs);
  // A token of another use, with a good signature.
  expect(await accept(ada.cookie.split('=')[1])).toBe(notOurs);
  expect(await accept(7)).toMatch(/^token must be the text behind/);
  // A link opens no API.
  const { server, ca } = readService(machine.state);
  expect((await send({ server: server + base, ca, token }, 'GET', '/api/v1/nodes')).status).toBe(401);
  await ada.ask('DELETE', `${base}/islet/v1/links/${id}`);
  expect(await accept(token)).toBe('this link does not exist any more: ask for a new one');
  expect(
    (await ada.ask('POST', '/islet/v1/links/accept', { token: (await link({ role: 'view' })).token })).json,
  ).toMatchObject({
    message: 'this cluster is yours already',
  });
  for (const bad of [{}, { role: 'owner' }, { role: 'view', ttlSeconds: 0 }, { role: 'view', maxUses: 1.5 }]) {
    expect((await ada.ask('POST', `${base}/islet/v1/links`, bad)).status, JSON.stringify(bad)).toBe(400);
  }
  const last = await link({ role: 'view' });
  await ada.ask('DELETE', '/islet/v1/clusters/shop');
  expect(await accept(last.token)).toBe('this link does not exist any more: ask for a new one');
});

test('kubectl is told what a member may do', async () => {
  await using machine = new Machine();
  const start = await up(machine);
  const { base, link } = await owner(start);
  const { browser: bob, account } = await visitor(start, 'Bob');
  await bob.ask('POST', '/islet/v1/links/accept', { token: (await link({ role: 'edit' })).token });
  const { token, id } = (await bob.ask('POST', '/islet/v1/clusters/shop/token', {})).json as {
    token: string;
    id: string;
  };
  expect(claimsOf(token)).toMatchObject({ use: 'cluster', cluster: id, account });
  const { server, ca = '' } = readService(machine.state);
  const certificate = join(machine.folder, 'ca.pem');
  writeFileSync(certificate, ca);
  const own = ['--server', server + base, '--certificate-authority', certificate, '--token', token];
  const kubectl = async (...args: string[]) => {
    const env = { ...process.env, KUBECONFIG: '/dev/null' };
    return promisify(execFile)('kubectl', [...own, ...args], { env }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
  };
  expect(await kubectl('auth', 'whoami')).toMatch(new RegExp(`Username +islet:account:${account}\n.*islet:edit`, 's'));
  expect(await kubectl('auth', 'can-i', 'create', 'deployments')).toBe('yes\n');
  expect(await kubectl('auth', 'can-i', 'delete', 'nodes')).toContain('no\n');
  expect(await kubectl('create', 'configmap', 'from-bob')).toBe('configmap/from-bob created\n');
});
