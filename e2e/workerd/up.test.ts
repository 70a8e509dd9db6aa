/** `islet up` and its neighbours on the real workerd: first start, later starts, ends, and everything in the way. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { claimsOf } from '../../agent/api/claims.ts';
import { send } from '../../cli/local/client.ts';
import { lockFolder } from '../../cli/local/lock.ts';
import { readService, type Service } from '../../cli/local/service-file.ts';
import { eventually } from '../eventually.ts';
import { browse } from './browse.ts';
import { isRunning } from './process.ts';
import { get, Machine } from './service.ts';
import { watchOverHttp } from './watch.ts';

interface List {
  items: { metadata: { name: string; uid: string } }[];
}

test('the first start makes a cluster and a context; a later one finds both as they were', async () => {
  await using machine = new Machine();
  writeFileSync(machine.kubeconfig, 'apiVersion: v1\nkind: Config\nclusters: [{name: mine, cluster: {server: x}}]\n');
  const first = await machine.up('--nodes', '2').ready();
  expect(first.output).toMatch(/dashboard +http:\/\/islet-\w+\.localhost:\d+\/\?code=/);
  expect(first.output.match(/^ .*kubectl .+$/gm)?.length).toBeGreaterThanOrEqual(3);
  const config = parse(readFileSync(machine.kubeconfig, 'utf8'));
  expect(config['current-context']).toBe('islet-default');
  expect(config.clusters.map(({ name }: { name: string }) => name)).toEqual(['mine', 'islet-default']);
  expect(statSync(join(machine.state, 'signing-key.json')).mode & 0o077).toBe(0);

  const cluster = await machine.cluster();
  await eventually(async () => expect((await get<List>(cluster, '/api/v1/nodes')).items).toHaveLength(2));
  const [before] = (await get<List>(cluster, '/api/v1/namespaces')).items;
  first.process.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);

  await machine.up('--nodes', '7').ready();
  const again = await machine.cluster();
  expect((await get<List>(again, '/api/v1/namespaces')).items[0]?.metadata.uid).toBe(before?.metadata.uid);
  expect((await get<List>(again, '/api/v1/nodes')).items).toHaveLength(2);
});

test('Ctrl-C ends it while a watch is open, and frees everything', async () => {
  await using machine = new Machine();
  const up = await machine.up().ready();
  const cluster = await machine.cluster();
  await watchOverHttp(cluster, '/api/v1/pods').opened;
  up.process.kill('SIGINT');
  expect((await up.ended).code).toBe(0);
  await expect(send(cluster, 'GET', '/version')).rejects.toThrow('ECONNREFUSED');
  expect(existsSync(join(machine.state, 'lock'))).toBe(false);
});

test('of two first starts at a time on one folder one runs, and its keys are the folder’s', async () => {
  await using machine = new Machine();
  const starts = [machine.up(), machine.up()];
  const ended = await Promise.race(starts.map(({ ended }) => ended));
  expect(ended.output).toMatch(/is running on .* already/);
  await (starts.find(({ output }) => output !== ended.output) ?? starts[0])?.ready();
  expect((await get<List>(await machine.cluster(), '/api/v1/namespaces')).items.length).toBeGreaterThan(0);
});

test('listings are for programs too, $ISLET_STATE stands in for --state, and shells complete commands', async () => {
  await using machine = new Machine();
  await machine.up().ready();
  const own = `ISLET_STATE=${machine.state}`;
  const said = async (...args: string[]): Promise<string> =>
    (await machine.command('env', own, process.execPath, 'cli/islet.mjs', ...args).ended).output;
  expect(JSON.parse(await said('clusters', 'list', '-o', 'json'))).toMatchObject({ items: [{ name: 'default' }] });
  expect(parse(await said('clusters', 'list', '-o', 'yaml'))).toMatchObject({ items: [{ name: 'default' }] });
  expect(await said('clusters', 'list', '-o', 'name')).toBe('default\n');
  expect(await said('token', 'list', '-o', 'name')).toMatch(/^[0-9a-f-]{36}\n/);
  expect(await said('clusters', 'list', '-o', 'wide')).toMatch(/Allowed choices are table, json, yaml, name/);
  for (const shell of ['bash', 'zsh', 'fish']) expect(await said('completion', shell)).toContain('islet');
  expect(await said('complete', '--', 'clus')).toMatch(/^clusters\t/);
});

test('an obstacle is reported in one line that says what to do', async () => {
  await using machine = new Machine();
  const line = async (up: ReturnType<Machine['up']>): Promise<string> => {
    const { code, output } = await up.ended;
    expect(code, output).toBe(1);
    expect(output.trim().split('\n'), output).toHaveLength(1);
    return output;
  };
  const running = await machine.up().ready();
  expect(await line(machine.up())).toMatch(/is running on .* already .*--state DIR/);
  const port = new URL(readService(machine.state).server).port;
  const beside = ['--state', join(machine.folder, 'other'), '--port', port];
  expect(await line(machine.islet('up', '--kubeconfig', machine.kubeconfig, ...beside))).toMatch(
    /port \d+ is in use: .*--port N/,
  );
  const third = ['--state', join(machine.folder, 'third'), '--port', '0', '--kubeconfig', machine.kubeconfig];
  const another = await machine.islet('up', ...third).ready();
  expect(another.output).toMatch(/note: context islet-default was that of https:.*--kubeconfig FILE/);
  for (const each of [running, another]) {
    each.process.kill();
    await each.ended;
  }

  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port: taken } = blocker.address() as { port: number };
  const dashboard = ['--state', machine.state, '--port', String(taken - 1)];
  expect(await line(machine.islet('up', '--kubeconfig', machine.kubeconfig, ...dashboard))).toMatch(`port ${taken}`);
  blocker.close();

  const file = join(machine.folder, 'file');
  writeFileSync(file, '');
  expect(await line(machine.islet('up', '--port', '0', '--state', join(file, 'state')))).toMatch(
    /cannot write to .*--state DIR/,
  );
  const broken = join(machine.folder, 'broken');
  writeFileSync(broken, 'a: [');
  expect(await line(machine.islet('up', '--port', '0', '--state', machine.state, '--kubeconfig', broken))).toMatch(
    /kubeconfig is not readable.*--kubeconfig FILE/,
  );
  const place = ['up', '--port', '0', '--state', machine.state];
  expect(await line(machine.islet(...place, '--kubeconfig', machine.folder))).toMatch(/is a folder.*--kubeconfig FILE/);
  expect(await line(machine.islet(...place, '--kubeconfig', join(file, 'config')))).toMatch(
    /is no folder.*--kubeconfig FILE/,
  );
  expect(await line(machine.islet(...place, '--kubeconfig', machine.kubeconfig, '--host', '203.0.113.1'))).toMatch(
    /no address of this machine.*--host/,
  );
  // A folder that cannot be made, and one that Node's recursive mkdir tries without end.
  expect(await line(machine.islet('up', '--port', '0', '--state', '/proc/islet'))).toMatch(
    /cannot write to .*--state DIR/,
  );
  const usage = await machine.islet('up', '--port', 'many').ended;
  expect(usage.output).toMatch(/^error: .* whole number .*\n\(see `islet up --help`\)\n$/);
  expect(await line(machine.islet('clusters', 'list', '--state', join(machine.folder, 'none')))).toContain('islet up');
});

test('--ephemeral keeps nothing', async () => {
  await using machine = new Machine();
  const own = `TMPDIR=${machine.folder}`;
  const up = await machine.command('env', own, process.execPath, 'cli/islet.mjs', 'up', '--ephemeral').ready();
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(up.output)?.[1] ?? '';
  expect(parse(readFileSync(kubeconfig, 'utf8'))['current-context']).toBe('islet-default');
  up.process.kill('SIGTERM');
  await up.ended;
  expect(existsSync(kubeconfig)).toBe(false);
  expect(readdirSync(machine.folder)).toEqual([]);
});

test('clusters are apart: each has its own context, token and objects, and a deleted one is gone', async () => {
  await using machine = new Machine();
  await machine.up().ready();
  expect(await machine.run('clusters', 'create', 'second')).toContain('islet-second');
  expect(parse(readFileSync(machine.kubeconfig, 'utf8'))['current-context']).toBe('islet-second');
  expect(await machine.run('clusters', 'list')).toMatch(/^NAME .*\ndefault .*\nsecond .*\n$/);
  const [one, two] = [await machine.cluster(), await machine.cluster('second')];
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' } };
  expect(await send(one, 'POST', '/api/v1/namespaces/default/secrets', secret)).toMatchObject({ status: 201 });
  expect(await send(two, 'GET', '/api/v1/namespaces/default/secrets/mine')).toMatchObject({ status: 404 });
  expect(await send({ ...two, token: one.token }, 'GET', '/api/v1/namespaces')).toMatchObject({ status: 401 });

  expect(await machine.run('clusters', 'delete', 'second')).toContain('kubectl config use-context');
  expect(await send(two, 'GET', '/api/v1/namespaces')).toMatchObject({ status: 404 });
  expect(readFileSync(machine.kubeconfig, 'utf8')).not.toContain('islet-second');
  const { code, output } = await machine.islet('clusters', 'create', 'Not_A_Name', '--state', machine.state).ended;
  expect([code, output.trim().split('\n').length]).toEqual([1, 1]);
  await expect(machine.run('clusters', 'create', 'default')).rejects.toThrow(/already exists: choose another name/);
});

test('a context goes where $KUBECONFIG says, and goes from there; one of the same name elsewhere stays', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const [own, foreign] = [join(machine.folder, 'own'), join(machine.folder, 'foreign')];
  const other = 'clusters: [{name: islet-third, cluster: {server: "https://elsewhere"}}]\n';
  writeFileSync(own, '');
  writeFileSync(foreign, other);
  const clusters = (...args: string[]) =>
    machine.command('env', `KUBECONFIG=${own}:${foreign}`, process.execPath, 'cli/islet.mjs', 'clusters', ...args);
  const place = ['--state', machine.state];
  expect((await clusters('create', 'third', ...place).ended).output).toContain(own);
  expect(parse(readFileSync(own, 'utf8'))['current-context']).toBe('islet-third');
  expect(readFileSync(machine.kubeconfig, 'utf8')).not.toContain('islet-third');
  expect((await clusters('delete', 'third', ...place).ended).output).toContain('use-context');
  expect(readFileSync(own, 'utf8')).not.toContain('islet-third');
  expect(readFileSync(foreign, 'utf8')).toBe(other);
});

test('a join token is traded once, for one node, of its own cluster', async () => {
  await using machine = new Machine();
  await machine.up().ready();
  await (await machine.account()).create('second', 0);
  const [one, two] = [await machine.cluster(), await machine.cluster('second')];
  const printed = await machine.islet('token', 'create', '--print-join-command', '--state', machine.state).ended;
  const token = /--token (\S+)/.exec(printed.output)?.[1] ?? '';
  const join = (endpoint: typeof one, nodeName: string) =>
    send({ ...endpoint, token }, 'POST', '/islet/v1/join', { nodeName });

  expect(await join(two, 'n1')).toMatchObject({ status: 401 });
  expect(await join(one, 'Not A Name')).toMatchObject({ status: 422 });
  expect(await join(one, 'sim-0')).toMatchObject({ status: 409 });
  expect(await send({ ...one, token }, 'GET', '/api/v1/nodes')).toMatchObject({ status: 401 });
  const elsewhere = one.server.replace(/[^/]+$/, 'nowhere');
  const lost = ['join', '--server', elsewhere, '--token', token, '--state', `${machine.folder}/agent`];
  expect((await machine.islet(...lost).ended).output).toBe(`islet: there is no cluster at ${elsewhere}\n`);
  // A folder has one agent at most: two would make and remove each other's pods.
  const lock = await lockFolder(`${machine.folder}/agent/lock`, `${machine.folder}/agent`);
  expect((await machine.islet(...lost).ended).output).toMatch(/^islet: Islet is running on .*agent already/);
  lock.release();
  const joined = await join(one, 'n1');
  expect(joined.status).toBe(201);
  expect(await join(one, 'n2')).toMatchObject({ status: 401 });
  const node = { ...one, token: (JSON.parse(joined.text) as { token: string }).token };
  expect(await send(node, 'GET', '/api/v1/nodes/n1')).toMatchObject({ status: 404 });
  expect(await send(node, 'GET', '/api/v1/nodes/sim-0')).toMatchObject({ status: 403 });
  expect(await send(node, 'GET', '/api/v1/namespaces/default/secrets')).toMatchObject({ status: 403 });
  expect(await send(node, 'POST', '/islet/v1/join-tokens', {})).toMatchObject({ status: 403 });
});

test('the dashboard signs in the browser that opens its address first, on a loopback name only', async () => {
  await using machine = new Machine();
  const up = await machine.up().ready();
  const { dashboard } = readService(machine.state) as Service;
  const address = /http:\/\/islet-\w+\.localhost:\d+\/\?code=\S+/.exec(up.output)?.[0] ?? '';
  const typed = { 'sec-fetch-site': 'none' };
  expect((await browse(`${dashboard}/islet/v1/clusters`)).status).toBe(401);

  // A link on another site's page may be of another's account: the person is asked.
  const asked = await browse(address, { headers: { 'sec-fetch-site': 'cross-site' } });
  expect([asked.status, asked.headers['set-cookie']]).toEqual([200, undefined]);
  expect(asked.text).toContain('Sign in as default');
  const forged = await browse(address, { method: 'POST', headers: { origin: 'http://localhost:1' } });
  expect([forged.status, forged.headers['set-cookie']]).toEqual([200, undefined]);
  // `localhost` itself shares its cookies with every server of the machine.
  const bare = await browse(address.replace(/islet-\w+\./, ''), { headers: typed });
  expect([bare.status, bare.headers.location]).toEqual([302, address]);

  const signedIn = await browse(address, { headers: typed });
  const cookie = signedIn.headers['set-cookie']?.[0] ?? '';
  expect(cookie).toMatch(/^islet-session-\d+=\S+; Path=\/; HttpOnly; SameSite=Strict/);
  const again = await browse(address, { headers: typed });
  expect([again.status, again.text]).toEqual([403, expect.stringContaining('npx islet dashboard')]);

  const session = { cookie: cookie.split(';', 1)[0] ?? '' };
  // In the browser that is signed in the link leads to the dashboard, without another session.
  const there = await browse(address, { headers: { ...typed, ...session } });
  expect([there.status, there.headers['set-cookie'], there.text]).toEqual([
    200,
    undefined,
    expect.stringContaining('url=/'),
  ]);
  const clusters = await browse(`${dashboard}/islet/v1/clusters`, { headers: session });
  const { items } = JSON.parse(clusters.text) as { items: { id: string; name: string }[] };
  expect(items).toMatchObject([{ name: 'default' }]);
  const pods = `${dashboard}/clusters/${items[0]?.id}/api/v1/pods`;
  expect((await browse(pods, { headers: session })).status).toBe(200);
  // A page of another site cannot use the cookie, even where the browser would send it.
  expect((await browse(pods, { headers: { ...session, origin: 'http://localhost:1' } })).status).toBe(401);
  expect((await browse(pods)).status).toBe(401);
  expect((await browse(pods.replace(/islet-\w+\./, 'islet-0000.'))).status).toBe(403);
  // A session renews itself in no way: what it issues ends with it.
  const issued = await browse(`${dashboard}/islet/v1/account-tokens`, { method: 'POST', headers: session });
  const { token } = JSON.parse(issued.text) as { token: string };
  const end = claimsOf(session.cookie.split('=')[1] ?? '').exp ?? 0;
  expect(Math.abs((claimsOf(token).exp ?? 0) - end)).toBeLessThanOrEqual(1);
  const withToken = { authorization: `Bearer ${token}` };
  expect((await browse(`${dashboard}/islet/v1/clusters`, { headers: withToken })).status).toBe(200);
  // The session is listed, and gone when it is revoked.
  const id = /^(\S+) +session /m.exec(await machine.run('account', 'list'))?.[1] ?? '';
  // A session that does not exist keeps no other from being revoked.
  const { code, output } = await machine.islet('account', 'revoke', 'none', id, '--state', machine.state).ended;
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/"none" not found: `islet account list`.*\nsession \S+ revoked\n$/),
  ]);
  expect((await browse(pods, { headers: session })).status).toBe(401);
  expect((await browse(`${dashboard}/islet/v1/clusters`, { headers: session })).status).toBe(401);
  expect((await browse(`${dashboard}/islet/v1/clusters`, { headers: withToken })).status).toBe(401);
});

test('npm start passes its arguments on, and ends with npm', async () => {
  await using machine = new Machine();
  const args = ['--port', '0', '--state', machine.state, '--kubeconfig', machine.kubeconfig];
  const up = await machine.command('npm', 'start', '--', ...args).ready();
  const { pid } = JSON.parse(readFileSync(join(machine.state, 'lock'), 'utf8')) as { pid: number };
  // npm puts a shell in between, which dies without a word to its child.
  up.process.kill('SIGTERM');
  await up.ended;
  await eventually(() => expect(isRunning(pid)).toBe(false));
});
