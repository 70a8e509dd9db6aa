/** Visitors: a cluster in one request, how many may come from one address, and the end of what is not used. */
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { Browser } from './people/browser.ts';
import { Machine } from './service.ts';

async function service(machine: Machine, ...settings: string[]): Promise<Browser> {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const all = ['ISLET_VISITORS=true', 'ISLET_CLUSTERS_PER_MINUTE=120', ...settings];
  const up = machine.command('env', ...all, process.execPath, 'cli/islet.mjs', 'up', ...own);
  return Browser.of(await up.ready());
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Begun {
  account: string;
  cluster: { id: string; name: string; token: string };
}

test('a visitor has a cluster that answers, by one request, in well under a second', async () => {
  await using machine = new Machine();
  const browser = await service(machine);
  const times: number[] = [];
  for (let visitors = 0; visitors < 5; visitors++) {
    const visitor = browser.another();
    const start = performance.now();
    const begun = await visitor.ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: 2 } });
    expect(begun.status, begun.text).toBe(201);
    const { cluster } = begun.json as Begun;
    expect(cluster).toMatchObject({ name: 'first' });
    const namespaces = `/clusters/${cluster.id}/api/v1/namespaces`;
    expect((await visitor.ask('GET', namespaces)).status).toBe(200);
    times.push(performance.now() - start);
    await eventually(async () => {
      expect((await visitor.ask('GET', `/clusters/${cluster.id}/api/v1/nodes`)).json).toMatchObject({
        items: [{}, {}],
      });
    });
  }
  console.log(`a visitor's first list: ${times.map((each) => Math.round(each)).join(', ')} ms`);
  // Far from what it takes, so that a busy machine fails nothing.
  expect(Math.min(...times)).toBeLessThan(1000);
  const bad = await browser.another().ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: -1 } });
  expect([bad.status, bad.cookie]).toEqual([400, undefined]);
});

test('so many visitors may come from one address: the next is told what to do', async () => {
  await using machine = new Machine();
  const header = 'ISLET_ADDRESS_HEADER=x-client';
  const browser = await service(machine, header, 'ISLET_VISITORS_PER_HOUR=2');
  const come = (address: string) =>
    browser.another().ask('POST', '/islet/v1/session/visitor', {}, { 'x-client': address });
  expect((await come('2001:db8::1')).status).toBe(201);
  expect((await come('2001:db8::2:3')).status).toBe(201);
  const refused = await come('2001:db8::4');
  expect([refused.status, refused.cookie]).toEqual([429, undefined]);
  expect(refused.json).toMatchObject({
    reason: 'TooManyRequests',
    message: expect.stringMatching(
      /^2 visitors an hour may come from one network: sign in, .* try again in \d+ minutes$/,
    ),
  });
  expect((await come('2001:db8:1::1')).status).toBe(201);
});

test('what a visitor does not use any more ends: clusters first, and then the account', async () => {
  await using machine = new Machine();
  // Thirteen seconds.
  const browser = await service(machine, 'ISLET_VISITOR_DAYS=0.00015', 'ISLET_VISITORS_AT_ONCE=1');
  const begun = await browser.ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: 0 } });
  expect(begun.status, begun.text).toBe(201);
  const { id, token } = (begun.json as Begun).cluster;
  const profile = await browser.ask('GET', '/islet/v1/profile');
  expect(profile.json).toMatchObject({ kind: 'visitor', ends: expect.stringMatching(/Z$/) });
  expect((await browser.another().ask('POST', '/islet/v1/session/visitor', {})).status).toBe(429);
  const kubectl = () =>
    browser.another().ask('GET', `/clusters/${id}/api`, undefined, { authorization: `Bearer ${token}` });
  expect((await kubectl()).status).toBe(200);
  // A cluster that a kubeconfig uses is use of the account, which is not asked for it.
  for (let uses = 0; uses < 2; uses++) {
    await pause(7000);
    expect((await kubectl()).status).toBe(200);
  }
  // Nothing that is asked meanwhile may be a use of it.
  await eventually(
    async () => expect((await browser.another().ask('POST', '/islet/v1/session/visitor', {})).status).toBe(201),
    60_000,
  );
  expect((await kubectl()).status).toBe(404);
  expect((await browser.ask('GET', '/islet/v1/profile')).status).toBe(401);
});
