/** People sign in at an OpenID Connect provider, link its identities to accounts, and are protected from false answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Browser } from './people/browser.ts';
import { CLIENT_ID, CLIENT_SECRET, type Misbehaviour, OidcProvider } from './people/provider.ts';
import { Machine } from './service.ts';

const provider = new OidcProvider();
const machine = new Machine();
let first: Browser;
const ELSEWHERE = { 'sec-fetch-site': 'cross-site' };
const NAVIGATES = { 'sec-fetch-site': 'same-origin' };

function up(providers: string) {
  const own = ['--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', '0', '--nodes', '0'];
  const settings = ['ISLET_VISITORS=true', `ISLET_OIDC_PROVIDERS=${providers}`];
  return machine.command('env', ...settings, process.execPath, 'cli/islet.mjs', 'up', ...own);
}

beforeAll(async () => {
  await provider.listen();
  const test = { name: 'test', label: 'Test', issuer: provider.issuer };
  const client = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const closed = { ...test, ...client, name: 'closed', emailDomains: ['example.org'] };
  first = Browser.of(await up(JSON.stringify([{ ...test, ...client }, closed])).ready());
});
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** The address of this service that the provider sends the browser back to. */
async function visitProvider(browser: Browser, query = '', name = 'test'): Promise<string> {
  const begun = await browser.ask('GET', `/islet/v1/session/oidc/${name}${query}`, undefined, NAVIGATES);
  expect(begun.status, begun.text).toBe(302);
  const answer = await provider.answer(new URL(begun.location ?? ''));
  const back = new URL(answer.headers.get('location') ?? '');
  expect(back.origin).toBe(browser.origin);
  return back.pathname + back.search;
}

const comeBack = (browser: Browser, path: string): Promise<Answer> => browser.ask('GET', path, undefined, ELSEWHERE);

async function signIn(browser: Browser, query = '', name = 'test'): Promise<Answer> {
  return comeBack(browser, await visitProvider(browser, query, name));
}

const profile = async (browser: Browser) =>
  (await browser.ask('GET', '/islet/v1/profile')).json as { account: string; kind: string; name: string };

describe('a provider', () => {
  test('is offered by name', async () => {
    expect((await first.ask('GET', '/islet/v1/session/methods')).json).toMatchObject({
      providers: [
        { name: 'test', label: 'Test' },
        { name: 'closed', label: 'Test' },
      ],
    });
  });

  test('leads a person to an account of their own, and back to it from another browser', async () => {
    provider.person = { sub: 'ada', email: 'ada@example.com', name: 'Ada' };
    const laptop = first.another();
    const entered = await signIn(laptop, '?return=%2Fdevice%3Fuser_code%3DBCDF-GHJK');
    expect([entered.status, entered.text]).toEqual([200, expect.stringContaining('url=/device?user_code=BCDF-GHJK"')]);
    expect(entered.cookie).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    expect(laptop.pending).toBe('');
    const { account, kind, name } = await profile(laptop);
    expect([kind, name]).toEqual(['person', 'Ada']);
    const phone = first.another();
    await signIn(phone);
    expect((await profile(phone)).account).toBe(account);
    const listed = (await phone.ask('GET', '/islet/v1/identities')).json;
    expect(listed).toMatchObject({ items: [{ provider: 'test', label: 'ada@example.com' }] });
    provider.person = { sub: 'eve', name: 'Eve' };
    const other = first.another();
    await signIn(other);
    expect((await profile(other)).account).not.toBe(account);
  });

  test('keeps a visitor’s clusters, and a second identity leads to the same account', async () => {
    provider.person = { sub: 'visitor', name: 'Vi' };
    const browser = first.another();
    const { account } = (await browser.ask('POST', '/islet/v1/session/visitor', {})).json as { account: string };
    expect((await signIn(browser)).cookie).toContain('Max-Age=');
    expect(await profile(browser)).toMatchObject({ account, kind: 'person' });

    provider.person = { sub: 'visitor-at-work' };
    await signIn(browser, '?purpose=link');
    const again = first.another();
    await signIn(again);
    expect((await profile(again)).account).toBe(account);

    const { items } = (await browser.ask('GET', '/islet/v1/identities')).json as { items: { id: string }[] };
    expect(items).toHaveLength(2);
    const removals = [];
    for (const { id } of items) removals.push((await browser.ask('DELETE', `/islet/v1/identities/${id}`)).status);
    expect(removals).toEqual([200, 409]);
    // The identity that was removed begins an account of its own.
    provider.person = { sub: 'visitor', name: 'Vi' };
    const anew = first.another();
    await signIn(anew);
    expect((await profile(anew)).account).not.toBe(account);
  });

  test('brings a visitor’s cluster to the account that the identity leads to', async () => {
    provider.person = { sub: 'comes-back' };
    await signIn(first.another());
    const browser = first.another();
    const begun = await browser.ask('POST', '/islet/v1/session/visitor', { cluster: { simulatedNodes: 0 } });
    const { id } = (begun.json as { cluster: { id: string } }).cluster;
    await signIn(browser);
    expect((await browser.ask('GET', '/islet/v1/clusters')).json).toMatchObject({ items: [{ id, name: 'first' }] });
  });

  test('links no identity that leads to another account, and none without a session', async () => {
    provider.person = { sub: 'taken' };
    await signIn(first.another());
    const browser = first.another();
    await browser.ask('POST', '/islet/v1/session/visitor', {});
    const refused = await signIn(browser, '?purpose=link');
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('another account')]);
    const nobody = first.another();
    const asked = await nobody.ask('GET', '/islet/v1/session/oidc/test?purpose=link', undefined, NAVIGATES);
    expect([asked.status, asked.location]).toEqual([401, undefined]);
  });

  test('shows again who the person is, and is no way to another account', async () => {
    provider.person = { sub: 'same', name: 'Same' };
    const browser = first.another();
    await signIn(browser);
    const before = browser.cookie;
    const { account } = await profile(browser);
    expect((await signIn(browser, '?purpose=again')).status).toBe(200);
    expect([browser.cookie === before, (await profile(browser)).account]).toEqual([false, account]);
    for (const sub of ['same-elsewhere', 'ada']) {
      provider.person = { sub };
      const refused = await signIn(browser, '?purpose=again');
      expect([refused.status, refused.cookie, refused.text]).toEqual([
        409,
        undefined,
        expect.stringContaining('does not sign in to the account'),
      ]);
    }
    expect((await profile(browser)).account).toBe(account);
  });

  test('lets nobody in whom the configuration does not name', async () => {
    provider.person = { sub: 'x', email: 'x@example.org', email_verified: true };
    expect((await signIn(first.another(), '', 'closed')).status).toBe(200);
    provider.person = { sub: 'y', email: 'y@example.org' };
    const refused = await signIn(first.another(), '', 'closed');
    expect([refused.status, refused.cookie]).toEqual([403, undefined]);
  });
});

describe('an answer', () => {
  test('counts in the browser that began, once, for the state that it was begun with', async () => {
    provider.person = { sub: 'ada', name: 'Ada' };
    const browser = first.another();
    const back = await visitProvider(browser);
    const kept = browser.pending;
    const refused = async (by: Browser, path: string) => {
      const answer = await comeBack(by, path);
      expect([answer.status, answer.cookie], answer.text).toEqual([400, undefined]);
    };
    await refused(first.another(), back);
    await refused(browser, back.replace(/state=[^&]+/, 'state=x'));
    await refused(browser, back.replace('/test/', '/closed/'));
    expect((await comeBack(browser, back)).status).toBe(200);
    browser.pending = kept;
    const again = await comeBack(browser, back);
    expect(again.cookie).toBeUndefined();
    expect(again.status).toBeGreaterThanOrEqual(400);
  });

  test('that is not as it was asked for is refused, in plain words', async () => {
    const kinds: Misbehaviour[] = ['other nonce', 'other issuer in the token', 'other audience', 'expired token'];
    for (const kind of [...kinds, 'other key', 'no token', 'other issuer in the answer'] as const) {
      provider.misbehaves = kind;
      const refused = await signIn(first.another());
      provider.misbehaves = undefined;
      expect([refused.status, refused.cookie], kind).toEqual([403, undefined]);
      expect(refused.text).toContain('is not the answer to this sign-in');
    }
    provider.misbehaves = 'person declines';
    const declined = await signIn(first.another());
    provider.misbehaves = undefined;
    expect([declined.status, declined.text]).toEqual([403, expect.stringContaining('&lt;b&gt;declined&lt;/b&gt;')]);
  });

  test('leads to no other site, and another site begins none', async () => {
    for (const path of ['//evil.example', 'https://evil.example', '/\\evil.example', '/islet/v1/clusters']) {
      const entered = await signIn(first.another(), `?return=${encodeURIComponent(path)}`);
      expect(entered.text).toContain('url=/"');
    }
    const begun = await first.another().ask('GET', '/islet/v1/session/oidc/test', undefined, ELSEWHERE);
    expect([begun.status, begun.location]).toEqual([403, undefined]);
    const unknown = await first.another().ask('GET', '/islet/v1/session/oidc/nobody', undefined, NAVIGATES);
    expect([unknown.status, unknown.location]).toEqual([404, undefined]);
  });

  test('is said in the language of the browser', async () => {
    const chinese = await first.another().ask('GET', '/islet/v1/session/oidc/nobody', undefined, {
      ...NAVIGATES,
      'accept-language': 'zh-CN,zh;q=0.9',
    });
    expect(chinese.text).toContain('登录');
  });
});

test('a provider that does not answer, and a slip in the configuration, are said, and take no other way away', async () => {
  await using other = new Machine();
  const own = ['--state', other.state, '--kubeconfig', other.kubeconfig, '--port', '0', '--nodes', '0'];
  const start = async (providers: unknown) => {
    const settings = ['ISLET_VISITORS=true', `ISLET_OIDC_PROVIDERS=${JSON.stringify(providers)}`];
    const up = other.command('env', ...settings, process.execPath, 'cli/islet.mjs', 'up', ...own);
    const browser = Browser.of(await up.ready());
    const stop = async () => {
      up.process.kill('SIGTERM');
      await up.ended;
    };
    return { browser, stop };
  };
  const away = { name: 'away', label: 'A <b>way</b>', issuer: 'http://127.0.0.1:9', clientId: 'x' };
  const first = await start([away]);
  const refused = await first.browser.ask('GET', '/islet/v1/session/oidc/away', undefined, NAVIGATES);
  expect([refused.status, refused.text]).toEqual([
    502,
    expect.stringContaining('A &lt;b&gt;way&lt;/b&gt; does not answer'),
  ]);
  await first.stop();
  const second = await start([{ ...away, client_secret: 'hush' }]);
  const said = await second.browser.ask('GET', '/islet/v1/session/oidc/away', undefined, NAVIGATES);
  expect([said.status, said.text]).toEqual([500, expect.stringContaining('ISLET_OIDC_PROVIDERS[0] has a field')]);
  expect(said.text).not.toContain('hush');
  expect((await second.browser.ask('GET', '/islet/v1/session/methods')).json).toMatchObject({
    visitors: true,
    providers: [],
  });
});
