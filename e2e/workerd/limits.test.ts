/** The limits of an account, and of the requests to one cluster at once. */
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { Machine, type Up } from './service.ts';
import { watchOverHttp } from './watch.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

function up(machine: Machine, limits: Record<string, number>): Up {
  const settings = Object.entries(limits).map(([name, value]) => `${name}=${value}`);
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  return machine.command('env', ...settings, process.execPath, 'cli/islet.mjs', 'up', ...own);
}

/** Status and Retry-After. */
function ask({ server, ca, token }: Endpoint, method: string, path: string, body = ''): Promise<[number, string?]> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const sent = request(server + path, { method, ca, agent: false, headers }, (response) => {
      response.resume().on('end', () => resolve([response.statusCode ?? 0, response.headers['retry-after']]));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('an account has a quota of clusters, and of creations a minute', async () => {
  await using machine = new Machine();
  await up(machine, { ISLET_MAX_CLUSTERS: 2, ISLET_CLUSTERS_PER_MINUTE: 3 }).ready();
  const islet = (...args: string[]) => machine.islet(...args, '--state', machine.state).ended;
  expect(await islet('clusters', 'create', 'a')).toMatchObject({ code: 0 });
  const full = 'islet: this account may have 2 clusters, and has them: delete one first\n';
  expect(await islet('clusters', 'create', 'b')).toEqual({ code: 1, output: full });
  expect(await islet('clusters', 'delete', 'a')).toMatchObject({ code: 0 });
  expect(await islet('clusters', 'create', 'b')).toMatchObject({ code: 0 });
  expect(await islet('clusters', 'delete', 'b')).toMatchObject({ code: 0 });
  const { code, output } = await islet('clusters', 'create', 'c');
  expect([code, output]).toEqual([1, expect.stringMatching(/^islet: .* 3 clusters a minute: try again/)]);

  const account = (await machine.account()).at(readService(machine.state).server);
  const [status, retryAfter] = await ask(account, 'POST', '/islet/v1/clusters', '{"name":"c"}');
  expect(status).toBe(429);
  expect(Number(retryAfter)).toBeGreaterThan(0);
});

test('a cluster answers so many requests at once, watches not counted, and others wait for their turn', async () => {
  await using machine = new Machine();
  await up(machine, { ISLET_MAX_REQUESTS_INFLIGHT: 1, ISLET_MAX_MUTATING_REQUESTS_INFLIGHT: 1 }).ready();
  const cluster = await machine.cluster();
  const names = Array.from({ length: 20 }, (_, index) => `m-${index}`);
  const answers = await Promise.all(
    names.map((name) => ask(cluster, 'POST', MAPS, JSON.stringify({ metadata: { name } }))),
  );
  for (const answer of answers) expect(answer).toEqual([201, undefined]);
  const lists = await Promise.all(names.map(() => send(cluster, 'GET', MAPS)));
  // The namespace's own is one of them.
  for (const { text } of lists) expect(JSON.parse(text).items).toHaveLength(names.length + 1);

  const watches = [1, 2, 3].map(() => watchOverHttp(cluster, MAPS));
  expect(await Promise.all(watches.map(({ opened }) => opened))).toEqual([200, 200, 200]);
  expect(await ask(cluster, 'GET', MAPS)).toEqual([200, undefined]);
  for (const { close } of watches) close();
});

test('a cluster whose storage is full takes nothing new, and can be emptied', async () => {
  await using machine = new Machine();
  await up(machine, { ISLET_CLUSTER_STORAGE_BYTES: 1_000_000 }).ready();
  const cluster = await machine.cluster();
  const create = (index: number) =>
    ask(
      cluster,
      'POST',
      MAPS,
      JSON.stringify({ metadata: { name: `m-${index}` }, data: { text: 'x'.repeat(100_000) } }),
    );
  let made = 0;
  let status = 201;
  for (; status === 201 && made < 20; made++) [status] = await create(made);
  expect([status, made < 12]).toEqual([403, true]);
  expect(await ask(cluster, 'DELETE', `${MAPS}/m-0`)).toEqual([200, undefined]);
  expect(await ask(cluster, 'GET', MAPS)).toEqual([200, undefined]);
});

test('large bodies do not pile up in an object: some are refused, and the cluster goes on', async () => {
  await using machine = new Machine();
  await up(machine, {}).ready();
  const cluster = await machine.cluster();
  const body = JSON.stringify({ metadata: { name: 'large' }, data: { text: 'x'.repeat(2_900_000) } });
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(cluster, 'POST', MAPS, body)));
  const statuses = new Set(answers.map(([status]) => status));
  expect(statuses).toEqual(new Set([422, 429]));
  expect(await ask(cluster, 'GET', MAPS)).toEqual([200, undefined]);
});
