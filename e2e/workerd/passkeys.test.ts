/** Passkeys and recovery codes over the real service: begin, keep what a visitor has, sign in, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authenticator } from '../../durable-objects/testing/authenticator.ts';
import { type Answer, Browser } from './people/browser.ts';
import { postSecurely } from './people/secure.ts';
import { Machine, type Up } from './service.ts';

type Options = Parameters<Authenticator['make']>[0] & Parameters<Authenticator['sign']>[0];
type Asked = { challenge: string; options: Options };
type Faults = Parameters<Authenticator['sign']>[1];

function up(machine: Machine, ...settings: string[]): Promise<Up> {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  return machine.command('env', ...settings, process.execPath, 'cli/islet.mjs', 'up', ...own).ready();
}

async function asked(browser: Browser, path: string): Promise<Asked> {
  const answer = await browser.ask('POST', `${path}/options`, {});
  expect(answer.status, answer.text).toBe(200);
  return answer.json as Asked;
}

async function add(browser: Browser, authenticator: Authenticator, label = 'Laptop', faults?: Faults): Promise<Answer> {
  const { challenge, options } = await asked(browser, '/islet/v1/passkeys');
  const response = authenticator.make(options, faults);
  return browser.ask('POST', '/islet/v1/passkeys', { challenge, response, label, name: 'Ada' });
}

async function signIn(browser: Browser, authenticator: Authenticator, faults?: Faults): Promise<Answer> {
  const { challenge, options } = await asked(browser, '/islet/v1/session/passkey');
  const response = authenticator.sign(options, faults);
  return browser.ask('POST', '/islet/v1/session/passkey', { challenge, response });
}

describe('a service that takes visitors', () => {
  const machine = new Machine();
  let visitor: Browser;
  let authenticator: Authenticator;
  beforeAll(async () => {
    visitor = Browser.of(await up(machine, 'ISLET_VISITORS=true'));
    authenticator = new Authenticator(visitor.origin);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  test('says how a person may sign in', async () => {
    const { json } = await visitor.ask('GET', '/islet/v1/session/methods');
    expect(json).toEqual({ visitors: true, signUp: true, providers: [], local: true });
  });

  test('a visitor’s cluster is kept by a passkey, and found again with it, and with a recovery code', async () => {
    const { account } = (await visitor.ask('POST', '/islet/v1/session/visitor', {})).json as { account: string };
    const { id } = (await visitor.ask('POST', '/islet/v1/clusters', { name: 'first', simulatedNodes: 0 })).json as {
      id: string;
    };
    const added = await add(visitor, authenticator);
    expect([added.status, added.json]).toEqual([201, expect.objectContaining({ label: 'Laptop', backedUp: true })]);
    // From now on the session outlives the browser.
    expect(added.cookie).toMatch(/HttpOnly; SameSite=Strict; Max-Age=2\d{6}$/);
    expect((await visitor.ask('GET', '/islet/v1/profile')).json).toMatchObject({ account, kind: 'person' });
    await visitor.ask('DELETE', '/islet/v1/session');

    const signedIn = await signIn(visitor, authenticator);
    expect([signedIn.status, signedIn.json]).toEqual([201, { account }]);
    expect(signedIn.cookie).toMatch(/HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    expect((await visitor.ask('GET', '/islet/v1/clusters')).json).toMatchObject({ items: [{ id }] });
    expect((await visitor.ask('GET', `/clusters/${id}/api/v1/namespaces`)).status).toBe(200);

    const { codes } = (await visitor.ask('POST', '/islet/v1/recovery-codes', {})).json as { codes: string[] };
    const other = visitor.another();
    expect((await other.ask('POST', '/islet/v1/session/recovery', { code: codes[0] })).status).toBe(201);
    expect((await other.ask('GET', '/islet/v1/clusters')).json).toMatchObject({ items: [{ id }] });
    expect((await other.ask('GET', '/islet/v1/recovery-codes')).json).toMatchObject({ left: 9 });
    const again = await visitor.another().ask('POST', '/islet/v1/session/recovery', { code: codes[0] });
    expect([again.status, again.cookie]).toEqual([401, undefined]);
    for (const code of ['', 'nonsense', `p-team-${'abcd-'.repeat(4)}`, 'x'.repeat(10_000)]) {
      expect((await visitor.another().ask('POST', '/islet/v1/session/recovery', { code })).status).toBe(401);
    }
  });

  test('a stranger begins with a passkey; passkeys are named and removed, but for the last', async () => {
    const browser = visitor.another();
    const own = new Authenticator(browser.origin);
    expect((await add(browser, own)).status).toBe(201);
    expect((await browser.ask('GET', '/islet/v1/profile')).json).toMatchObject({ kind: 'person', name: 'Ada' });
    const { items } = (await browser.ask('GET', '/islet/v1/passkeys')).json as { items: { id: string }[] };
    const path = `/islet/v1/passkeys/${items[0]?.id}`;
    expect((await browser.ask('PATCH', path, { label: 'Phone' })).json).toMatchObject({ label: 'Phone' });
    expect((await browser.ask('PATCH', path, { label: 'a\nb' })).status).toBe(400);
    expect((await browser.ask('DELETE', path)).status).toBe(409);
    expect((await add(browser, own, 'Key')).status).toBe(201);
    expect((await browser.ask('DELETE', path)).status).toBe(200);
    // The authenticator offers no passkey that it has made already.
    const { options } = await asked(browser, '/islet/v1/passkeys');
    expect(options.excludeCredentials).toHaveLength(1);
    expect((await visitor.another().ask('GET', '/islet/v1/passkeys')).status).toBe(401);
  });

  test('what was replayed, asked elsewhere, meant for another purpose or changed signs nobody in', async () => {
    const browser = visitor.another();
    const { challenge, options } = await asked(browser, '/islet/v1/session/passkey');
    const body = { challenge, response: authenticator.sign(options) };
    const send = (over: object, headers = {}) =>
      browser.another().ask('POST', '/islet/v1/session/passkey', { ...body, ...over }, headers);
    expect((await send({}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({}, { 'content-type': 'text/plain' })).status).toBe(400);
    const begun = await asked(browser, '/islet/v1/passkeys');
    for (const other of [begun.challenge, 'x', '', undefined, 1, browser.cookie]) {
      expect((await send({ challenge: other })).status).toBe(401);
    }
    for (const response of [undefined, {}, { ...body.response, response: { userHandle: 'Li4vLi4v' } }]) {
      expect((await send({ response })).status).toBe(400);
    }
    const handle = Buffer.from(`p-${'a'.repeat(26)}`).toString('base64url');
    const foreign = { ...body.response, response: { ...body.response.response, userHandle: handle } };
    expect((await send({ response: foreign })).json).toMatchObject({
      code: 401,
      details: { causes: [{ reason: 'UnknownPasskey' }] },
    });
    for (const origin of ['https://evil.example', `${browser.origin}0`]) {
      expect((await signIn(browser.another(), authenticator, { origin })).status).toBe(401);
    }
    const first = await send({});
    expect([first.status, first.json]).toEqual([201, expect.objectContaining({ account: expect.any(String) })]);
    const second = await send({});
    expect([second.status, second.cookie]).toEqual([401, undefined]);
    expect(second.json).toMatchObject({ message: expect.stringContaining('sent twice') });
  });

  test('a challenge for one account adds no passkey to another', async () => {
    const [one, two] = [visitor.another(), visitor.another()];
    for (const browser of [one, two]) await browser.ask('POST', '/islet/v1/session/visitor', {});
    const { challenge, options } = await asked(one, '/islet/v1/passkeys');
    const response = new Authenticator(one.origin).make(options);
    const stolen = await two.ask('POST', '/islet/v1/passkeys', { challenge, response, label: 'x' });
    expect(stolen.status).toBe(400);
    const signedOut = await one.another().ask('POST', '/islet/v1/passkeys', { challenge, response, label: 'x' });
    expect(signedOut.status).toBe(400);
  });
});

test('a service that takes nobody says so; the owner adds a passkey to the account of the terminal', async () => {
  await using machine = new Machine();
  const service = await up(machine);
  const stranger = Browser.of(service);
  expect((await stranger.ask('GET', '/islet/v1/session/methods')).json).toMatchObject({
    visitors: false,
    signUp: false,
  });
  const refused = await stranger.ask('POST', '/islet/v1/passkeys/options', {});
  expect([refused.status, refused.json]).toEqual([
    403,
    expect.objectContaining({ message: expect.stringContaining('takes no new accounts') }),
  ]);
  const owner = stranger.another();
  const code = /\?code=(\S+)/.exec(service.output)?.[1];
  await owner.ask('GET', `/?code=${code}`, undefined, { 'sec-fetch-site': 'none' });
  const authenticator = new Authenticator(owner.origin);
  expect((await add(owner, authenticator)).status).toBe(201);
  await owner.ask('DELETE', '/islet/v1/session');
  expect((await signIn(stranger, authenticator)).json).toEqual({ account: 'default' });
  expect((await stranger.ask('GET', '/islet/v1/clusters')).json).toMatchObject({ items: [{ name: 'default' }] });
});

test('so many people an hour begin from one address; those who sign in do not count', async () => {
  await using machine = new Machine();
  const browser = Browser.of(await up(machine, 'ISLET_SIGN_UP=true', 'ISLET_VISITORS_PER_HOUR=2'));
  const authenticator = new Authenticator(browser.origin);
  for (let time = 0; time < 2; time++) expect((await add(browser.another(), authenticator)).status).toBe(201);
  const limited = await add(browser.another(), new Authenticator(browser.origin));
  expect([limited.status, limited.cookie]).toEqual([429, undefined]);
  expect((await signIn(browser, authenticator)).status).toBe(201);
});

test('over TLS a passkey is of the service’s name, and the cookie of its host alone', async () => {
  await using machine = new Machine();
  await up(machine, 'ISLET_SIGN_UP=true');
  const post = (path: string, body: object) => postSecurely(machine.state, 'islet.example', path, body);
  const authenticator = new Authenticator('https://islet.example');
  const begun = (await post('/islet/v1/passkeys/options', {})).json as Asked;
  expect(begun.options.rp.id).toBe('islet.example');
  const { challenge } = begun;
  const made = await post('/islet/v1/passkeys', { challenge, response: authenticator.make(begun.options), label: 'x' });
  const cookie = /^__Host-islet-session=\S+; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=2592000$/;
  expect([made.status, made.cookie]).toEqual([201, expect.stringMatching(cookie)]);
  const asking = (await post('/islet/v1/session/passkey/options', {})).json as Asked;
  const response = authenticator.sign(asking.options);
  const signedIn = await post('/islet/v1/session/passkey', { challenge: asking.challenge, response });
  expect([signedIn.status, signedIn.json, signedIn.cookie]).toEqual([201, made.json, expect.stringMatching(cookie)]);
});
