/** A program signs in through a person's browser (RFC 8628), and holds no more than the person allows. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer as CliAnswer, send } from '../../cli/local/client.ts';
import { keptService } from '../../cli/local/service-file.ts';
import { Browser } from './people/browser.ts';
import { Machine, type Up } from './service.ts';

const machine = new Machine();
let server = '';
let ada: Browser;
let ids: { shop: string; lab: string };

beforeAll(async () => {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const up = machine.command('env', 'ISLET_VISITORS=true', process.execPath, 'cli/islet.mjs', 'up', ...own);
  ada = Browser.of(await up.ready());
  server = keptService(machine.state)?.server ?? '';
  await ada.ask('POST', '/islet/v1/session/visitor', {});
  const make = async (name: string) => {
    const made = await ada.ask('POST', '/islet/v1/clusters', { name, simulatedNodes: 0 });
    return (made.json as { id: string }).id;
  };
  ids = { shop: await make('shop'), lab: await make('lab') };
});
afterAll(() => machine[Symbol.asyncDispose]());

/** `islet login` on another machine, and the code that it shows. */
async function login(laptop: Machine, ...options: string[]): Promise<{ up: Up; code: string }> {
  const trust = `NODE_EXTRA_CA_CERTS=${join(machine.state, 'ca.crt')}`;
  const args = ['login', '--server', server, '--state', laptop.state, '--no-browser', ...options];
  const up = laptop.command('env', trust, process.execPath, 'cli/islet.mjs', ...args);
  let code: string | undefined;
  await expect
    .poll(() => (code = /^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(up.output)?.[1]), { timeout: 20_000 })
    .toBeDefined();
  return { up, code: code ?? '' };
}

const decide = (browser: Browser, userCode: string, approve: boolean) =>
  browser.ask('POST', '/islet/v1/device/decision', { userCode, approve });

function islet(laptop: Machine, ...args: string[]): Promise<string> {
  return laptop.run(...args);
}

function ask(token: string, method: string, path: string, body?: object): Promise<CliAnswer> {
  return send({ server, ca: keptService(machine.state)?.ca, token }, method, path, body);
}

test('a person approves the program that shows this code, from whom and for what', async () => {
  await using laptop = new Machine();
  const { up, code } = await login(laptop, '--label', 'laptop');
  expect(up.output).toContain(`${server}/device`);
  const shown = await ada.ask('GET', `/islet/v1/device?user_code=${code.toLowerCase().replace('-', '')}`);
  expect(shown.json).toMatchObject({ userCode: code, client: 'laptop', seconds: 90 * 24 * 3600 });
  expect((await decide(ada, code, true)).json).toEqual({ approved: true });
  const { code: status, output } = await up.ended;
  expect([status, output]).toEqual([0, expect.stringMatching(/signed in to .* as p-/)]);
  expect(await islet(laptop, 'clusters', 'list')).toContain('shop');
  expect(await islet(laptop, 'account', 'list')).toMatch(/token \(this one\) +laptop +account +device /);
  // The code is spent.
  expect((await decide(ada, code, true)).status).toBe(404);
});

test('a program that is refused says so', async () => {
  await using laptop = new Machine();
  const { up, code } = await login(laptop);
  expect((await decide(ada, code, false)).json).toEqual({ approved: false });
  expect(await up.ended).toMatchObject({ code: 1, output: expect.stringContaining('refused in the browser') });
  expect(keptService(laptop.state)).toBeUndefined();
});

test('a token for one cluster that may only look does that, and nothing else', async () => {
  await using laptop = new Machine();
  const { up, code } = await login(laptop, '--cluster', 'shop', '--read-only', '--ttl', '1h');
  await decide(ada, code, true);
  expect((await up.ended).code, up.output).toBe(0);
  expect(await islet(laptop, 'clusters', 'list', '-o', 'name')).toBe('shop\n');
  const { token = '' } = keptService(laptop.state) ?? {};
  expect(await islet(laptop, 'kubeconfig', '--cluster', 'shop')).toContain(token);

  const inShop = `/clusters/${ids.shop}/api/v1/namespaces`;
  expect((await ask(token, 'GET', inShop)).status).toBe(200);
  const refused = await ask(token, 'POST', inShop, { metadata: { name: 'x' } });
  expect([refused.status, refused.text]).toEqual([
    403,
    expect.stringContaining('namespaces is forbidden: User \\"islet:account:'),
  ]);
  expect((await ask(token, 'GET', `/clusters/${ids.shop}/api/v1/secrets`)).status).toBe(403);
  // `kubectl get --raw` drops the path of `server:`.
  expect((await ask(token, 'GET', '/api/v1/namespaces/default')).text).toContain('"name":"default"');
  expect((await ask(token, 'GET', `/clusters/${ids.lab}/api/v1/namespaces`)).status).toBe(404);
  const beyond: [string, string, object?][] = [
    ['POST', '/islet/v1/clusters', { name: 'x' }],
    ['DELETE', '/islet/v1/clusters/shop'],
    ['POST', '/islet/v1/account-tokens', {}],
    ['POST', '/islet/v1/dashboard-codes', {}],
    ['GET', '/islet/v1/account-tokens'],
    ['GET', '/islet/v1/identities'],
  ];
  for (const [method, path, body] of beyond) {
    const answer = await ask(token, method, path, body);
    expect([answer.status, answer.text], path).toEqual([403, expect.stringContaining(`see the cluster ${ids.shop}`)]);
  }
  expect((await ask(token, 'POST', '/islet/v1/clusters/lab/token')).status).toBe(404);
});

test('a token of the command line is narrowed down too, and shown in the list with what it is for', async () => {
  const label = ['--label', 'CI of shop', '--ttl', '1d'];
  const token = (await machine.run('account', 'token', '--read-only', ...label)).trim();
  expect((await ask(token, 'GET', '/islet/v1/clusters')).status).toBe(200);
  expect((await ask(token, 'POST', '/islet/v1/clusters', { name: 'x' })).text).toContain('this token may see');
  expect(await machine.run('account', 'list')).toMatch(/token +CI of shop +account, read-only +token of /);
});

test('the protocol is that of RFC 8628', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = (path: string, fields: Record<string, string>) =>
    fetch(new URL(path, ada.origin.replace(/islet-\w+\.localhost/, 'localhost')), {
      method: 'POST',
      headers: form,
      body: new URLSearchParams(fields).toString(),
    }).then(async (response) => [response.status, (await response.json()) as Record<string, unknown>] as const);
  const [status, begun] = await post('/islet/v1/device', { client_id: 'a program' });
  expect([status, begun]).toMatchObject([
    200,
    { expires_in: 600, interval: 5, user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/) },
  ]);
  const code = String(begun.device_code);
  const type = 'urn:ietf:params:oauth:grant-type:device_code';
  const poll = async (device_code: string, grant_type = type) =>
    (await post('/islet/v1/device/token', { grant_type, device_code }))[1].error;
  expect(await poll(code)).toBe('authorization_pending');
  expect(await poll(code)).toBe('slow_down');
  expect(await poll(code, 'password')).toBe('unsupported_grant_type');
  expect(await poll('x')).toBe('invalid_grant');
  expect(await poll(`${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`)).toBe('expired_token');
  await decide(ada, String(begun.user_code), true);
  const granted = await post('/islet/v1/device/token', { grant_type: type, device_code: code });
  expect(granted).toMatchObject([200, { token_type: 'Bearer', account: expect.stringMatching(/^p-/) }]);
  expect(await poll(code)).toBe('expired_token');
  expect((await post('/islet/v1/device', { client_id: 'a\nprogram' }))[1].error).toBe('invalid_client');
});

test('codes are answered by a page alone, of a person who is signed in, and guessed only so often', async () => {
  await using laptop = new Machine();
  const { code } = await login(laptop);
  const { token = '' } = keptService(machine.state) ?? {};
  expect((await ask(token, 'POST', '/islet/v1/device/decision', { userCode: code, approve: true })).status).toBe(403);
  expect((await decide(ada.another(), code, true)).status).toBe(401);
  const body = { userCode: code, approve: true };
  const elsewhere = { origin: 'https://evil.example' };
  expect((await ada.ask('POST', '/islet/v1/device/decision', body, elsewhere)).status).toBe(401);
  const eve = ada.another();
  await eve.ask('POST', '/islet/v1/session/visitor', {});
  const guess = async () => (await eve.ask('GET', '/islet/v1/device?user_code=BBBB-BBBB')).status;
  const answers = [];
  for (let i = 0; i < 31; i++) answers.push(await guess());
  expect(answers).toEqual([...Array<number>(30).fill(404), 429]);
  await decide(ada, code, false);
});
