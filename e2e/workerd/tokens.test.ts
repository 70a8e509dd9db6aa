/** Tokens are issued, listed and revoked; a revoked one is worthless at once. */
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { claimsOf } from '../../agent/api/claims.ts';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { Client } from './client.ts';
import { Machine } from './service.ts';
import { watchOverHttp } from './watch.ts';

const PODS = '/api/v1/namespaces/default/pods';

const idOf = ({ token = '' }: Endpoint): string => claimsOf(token).jti ?? '';
const status = async (endpoint: Endpoint, path = PODS): Promise<number> => (await send(endpoint, 'GET', path)).status;

test('a revoked kubeconfig is worthless at once and for good, and its sockets are closed', async () => {
  await using machine = new Machine();
  const first = await machine.up('--nodes', '0').ready();
  const [leaked, kept] = [await machine.cluster(), await machine.cluster()];
  // The edge remembers a token it has seen for up to a minute.
  expect([await status(leaked), await status(kept)]).toEqual([200, 200]);
  const watches = [watchOverHttp(leaked, PODS), watchOverHttp(kept, PODS)];
  const sockets = [await Client.open(leaked), await Client.open(kept)];
  await Promise.all(watches.map(({ opened }) => opened));
  expect(await machine.run('token', 'list')).toMatch(new RegExp(`^${idOf(leaked)} +admin `, 'm'));

  expect(await machine.run('token', 'revoke', leaked.token ?? '')).toBe(`admin token ${idOf(leaked)} revoked\n`);
  expect([await status(leaked), await status(kept)]).toEqual([401, 200]);
  await eventually(() => expect(sockets[0]?.isClosing).toBe(true));
  await eventually(() => expect(watches[0]?.isOver).toBe(true));
  expect([sockets[1]?.isClosing, watches[1]?.isOver]).toEqual([false, false]);
  watches[1]?.close();
  sockets[1]?.close();
  expect(await machine.run('token', 'list')).not.toContain(idOf(leaked));

  first.process.kill();
  await first.ended;
  await machine.up().ready();
  const server = (await machine.cluster()).server;
  expect([await status({ ...leaked, server }), await status({ ...kept, server })]).toEqual([401, 200]);
  // A token that does not exist keeps no other from being revoked.
  const revoked = machine.islet('token', 'revoke', 'none', idOf(kept), '--state', machine.state);
  const { code, output } = await revoked.ended;
  expect(code).toBe(1);
  expect(output).toContain(
    'islet: tokens "none" not found: `islet token list --cluster default` shows those there are\n',
  );
  expect(output).toContain(`admin token ${idOf(kept)} revoked\n`);
});

test('a token that is revoked while a body is on its way is worth nothing when it arrives', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const leaked = await machine.cluster();
  const late = [beginPost(leaked, '/islet/v1/join-tokens', '{}'), beginPost(leaked, PODS, '{}')];
  await machine.run('token', 'revoke', idOf(leaked));
  expect(await Promise.all(late.map((finish) => finish()))).toEqual([401, 401]);
});

test('the account’s owner gets in again when every token was revoked; starting again makes no new one', async () => {
  await using machine = new Machine();
  const first = await machine.up('--nodes', '0').ready();
  const ids = async (): Promise<string[]> =>
    [...(await machine.run('token', 'list')).matchAll(/^([0-9a-f-]{36}) /gm)].map((match) => match[1] ?? '');
  const before = await ids();
  expect(before).toHaveLength(1);
  expect(await machine.run('token', 'list')).toContain('kubeconfig user islet-default');
  first.process.kill();
  await first.ended;
  await machine.up().ready();
  expect(await ids()).toEqual(before);

  await machine.run('token', 'revoke', ...before);
  expect(await machine.run('token', 'list')).toContain('no tokens');
  const { users, clusters } = parse(await machine.run('kubeconfig'));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const ca = Buffer.from(authority, 'base64').toString();
  expect(await status({ server, ca, token: users[0].user.token })).toBe(200);
  expect(await ids()).toHaveLength(1);
});

test('a revoked join token admits no machine; a deleted Node comes back, a revoked machine does not', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const join = async (token: string, nodeName: string): Promise<Endpoint | number> => {
    const { status, text } = await send({ ...cluster, token }, 'POST', '/islet/v1/join', { nodeName });
    return status === 201 ? { ...cluster, token: (JSON.parse(text) as { token: string }).token } : status;
  };
  const create = async () => (await machine.run('token', 'create', '--uses', '9')).trim();
  const [good, bad] = [await create(), await create()];
  await machine.run('token', 'revoke', bad);
  expect(await join(bad, 'n1')).toBe(401);

  const nodes = [await join(good, 'n1'), await join(good, 'n2')] as [Endpoint, Endpoint];
  const own = (index: 0 | 1) => status(nodes[index], `/api/v1/nodes/n${index + 1}`);
  for (const [index, node] of nodes.entries()) {
    const made = await send(node, 'POST', '/api/v1/nodes', { metadata: { name: `n${index + 1}` } });
    expect(made.status, made.text).toBe(201);
  }
  const sockets = [await Client.open(nodes[0]), await Client.open(nodes[1])];
  expect(await machine.run('token', 'list')).toMatch(/ node +n1 .*\n.* node +n2 /);
  expect((await send(nodes[0], 'GET', '/islet/v1/tokens')).status).toBe(403);

  expect((await send(cluster, 'DELETE', '/api/v1/nodes/n1')).status).toBe(200);
  expect([await own(0), await own(1)]).toEqual([404, 200]);
  const again = await send(nodes[0], 'POST', '/api/v1/nodes', { metadata: { name: 'n1' } });
  expect(again.status, again.text).toBe(201);
  expect(sockets.map(({ isClosing }) => isClosing)).toEqual([false, false]);
  expect(await machine.run('token', 'revoke', idOf(nodes[1]))).toContain('of node n2 revoked');
  await eventually(() => expect(sockets[1]?.isClosing).toBe(true));
  expect([await own(0), await own(1)]).toEqual([200, 401]);
  expect(await join(good, 'n2')).toMatchObject({ server: cluster.server });
  sockets[0]?.close();
});

test('a node renews its own token; an administrator cannot', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const token = (await machine.run('token', 'create')).trim();
  const ask = async (endpoint: Endpoint, path: string, body: object = {}): Promise<Endpoint> => {
    const { status, text } = await send(endpoint, 'POST', path, body);
    expect(status, text).toBe(201);
    return { ...cluster, token: (JSON.parse(text) as { token: string }).token };
  };
  const renew = (endpoint: Endpoint) => ask(endpoint, '/islet/v1/renew');
  const first = await ask({ ...cluster, token }, '/islet/v1/join', { nodeName: 'n1' });
  const second = await renew(first);
  const version = (endpoint: Endpoint) => status(endpoint, '/api/v1/nodes/n1');
  expect([await version(first), await version(second)]).toEqual([404, 404]);
  // A fresh token is renewed to itself: within a day, the cluster lists one token.
  for (let times = 0; times < 5; times++) await renew(second);
  const nodes = (await machine.run('token', 'list')).split('\n').filter((line) => / node +n1 /.test(line));
  expect(nodes).toHaveLength(1);
  expect((await send(cluster, 'POST', '/islet/v1/renew')).status).toBe(403);
});

/** Sends all but the end of a body, which follows when it is asked for. */
function beginPost({ server, ca, token }: Endpoint, path: string, body: string): () => Promise<number | undefined> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const sent = request(server + path, { method: 'POST', ca, agent: false, headers });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sent.once('error', reject).once('response', (response) => resolve(response.resume().statusCode));
  });
  sent.write(body.slice(0, -1));
  return () => {
    sent.end(body.slice(-1));
    return answered;
  };
}
