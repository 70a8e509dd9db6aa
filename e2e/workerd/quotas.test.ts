/** The limits of a visitor's cluster: what is full or too fast is refused with a sentence, and deleting always works. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';

const machine = new Machine();
let visitor: Browser;
let path: string;

beforeAll(async () => {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const quota = 'ISLET_QUOTA_VISITOR=clusters=1 objects=300 nodes=3 watches=2 requests=30';
  const up = machine.command('env', 'ISLET_VISITORS=true', quota, process.execPath, 'cli/islet.mjs', 'up', ...own);
  visitor = Browser.of(await up.ready());
  const begun = await visitor.ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: 3 } });
  expect(begun.status, begun.text).toBe(201);
  path = `/clusters/${(begun.json as { cluster: { id: string } }).cluster.id}`;
});
afterAll(() => machine[Symbol.asyncDispose]());

const MAPS = '/api/v1/namespaces/default/configmaps';

test('clusters and nodes', async () => {
  const second = await visitor.ask('POST', '/islet/v1/clusters', { name: 'second', simulatedNodes: 0 });
  expect(second.json).toMatchObject({ code: 403, message: expect.stringContaining('may have 1 clusters') });
  await eventually(async () => {
    expect((await visitor.ask('GET', `${path}/api/v1/nodes`)).json).toMatchObject({ items: [{}, {}, {}] });
  });
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'more' } };
  const refused = await visitor.ask('POST', `${path}/api/v1/nodes`, node);
  expect(refused.json).toMatchObject({
    code: 403,
    message: 'nodes is forbidden: this cluster may have 3 nodes, and has them: delete some first',
  });
});

test('objects: the full cluster can be read, changed and emptied', async () => {
  let made = 0;
  let answer = await visitor.ask('POST', path + MAPS, { metadata: { name: 'm-0' } });
  while (answer.status === 201 && made < 300) {
    made++;
    await new Promise((resolve) => setTimeout(resolve, 35));
    answer = await visitor.ask('POST', path + MAPS, { metadata: { name: `m-${made}` } });
  }
  expect(answer.json).toMatchObject({ code: 403, message: expect.stringContaining('may have 300 objects') });
  expect((await visitor.ask('GET', path + MAPS)).status).toBe(200);
  const changed = await visitor.ask('PUT', `${path}${MAPS}/m-0`, { metadata: { name: 'm-0' }, data: { a: 'b' } });
  expect(changed.status).toBe(200);
  expect((await visitor.ask('DELETE', `${path}${MAPS}/m-0`)).status).toBe(200);
  expect((await visitor.ask('POST', path + MAPS, { metadata: { name: 'new' } })).status).toBe(201);
}, 120_000);

test('requests a second', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => visitor.ask('GET', `${path}${MAPS}?limit=1`)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(50);
  expect(refused[0]?.json).toMatchObject({
    reason: 'TooManyRequests',
    message: 'this cluster answers 30 requests a second: ask less often, or sign in for more',
    details: { retryAfterSeconds: 1 },
  });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await visitor.ask('GET', `${path}${MAPS}?limit=1`)).status).toBe(200);
});

test('the use against the limits can be asked for', async () => {
  const { json } = await visitor.ask('GET', '/islet/v1/usage');
  expect(json).toMatchObject({
    kind: 'visitor',
    limits: { clusters: 1, objects: 300, nodes: 3, watches: 2, requests: 30, streamMinutes: 120 },
    clusters: [{ name: 'first', bytesStored: expect.any(Number) }],
  });
});
