import { expect, test } from 'vitest';
import { CLIENT_ID, CLIENT_SECRET, type Misbehaviour, OidcProvider } from '../../../e2e/workerd/people/provider.ts';
import { authorizationUrl, identityKey, mayEnter, newSecrets, personOf } from './client.ts';
import { parseProviders } from './providers.ts';

const CALLBACK = 'https://islet.example/islet/v1/session/oidc/test/callback';
let next = 1;

function setUp() {
  const server = new OidcProvider();
  // Metadata is kept by issuer.
  server.issuer = `http://127.0.0.1:${next++}`;
  const provider = { name: 'test', issuer: server.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const [configured] = parseProviders(JSON.stringify([provider]));
  if (!configured) throw new Error('no provider');
  const fetch = (url: string, request: { body?: unknown; headers: Record<string, string> }) =>
    server.answer(new URL(url), String(request.body ?? ''), request.headers.authorization);
  const ports = { fetch, now: Date.now() };
  const secrets = newSecrets();
  const visit = async () => {
    const address = await authorizationUrl(configured, secrets, CALLBACK, ports);
    const answer = await server.answer(new URL(address));
    return new URL(answer.headers.get('location') ?? '').searchParams;
  };
  const person = (answer: URLSearchParams, more = {}, at = {}) =>
    personOf(configured, answer, { ...secrets, ...more }, CALLBACK, { ...ports, ...at });
  return { server, configured, visit, person, ports };
}

test('a person comes back from the provider', async () => {
  const { visit, person, server } = setUp();
  expect(await person(await visit())).toEqual({
    issuer: server.issuer,
    subject: 'ada',
    label: 'ada@example.com',
    name: 'Ada',
    email: 'ada@example.com',
  });
});

test('an answer that is not as it was asked for is refused', async () => {
  const kinds: Misbehaviour[] = [
    'other nonce',
    'other issuer in the token',
    'other audience',
    'expired token',
    'other key',
    'no token',
    'other issuer in the answer',
    'person declines',
  ];
  for (const kind of kinds) {
    const { visit, person, server } = setUp();
    server.misbehaves = kind;
    await expect(person(await visit()), kind).rejects.toThrow();
  }
});

test('a provider that is broken, or passes for another, is asked for nothing', async () => {
  for (const kind of ['broken', 'other issuer in the metadata'] as const) {
    const { visit, server } = setUp();
    server.misbehaves = kind;
    await expect(visit(), kind).rejects.toThrow();
  }
});

test('another state, another verifier and a code that was used are refused', async () => {
  const { visit, person } = setUp();
  await expect(person(await visit(), { state: 'x' })).rejects.toThrow();
  await expect(person(await visit(), { verifier: newSecrets().verifier })).rejects.toThrow();
  const answer = await visit();
  await person(answer);
  await expect(person(answer)).rejects.toThrow();
});

test('who is to sign in again is asked for that; what the provider knows from before does not count', async () => {
  const { configured, server, visit, person, ports } = setUp();
  const ask = async (again: boolean) =>
    new URL(await authorizationUrl(configured, newSecrets(), CALLBACK, { ...ports, again })).searchParams;
  expect((await ask(false)).has('max_age')).toBe(false);
  expect([(await ask(true)).get('prompt'), (await ask(true)).get('max_age')]).toEqual(['login', '0']);
  const now = Math.floor(ports.now / 1000);
  for (const [time, counts] of [
    [now, true],
    [undefined, true],
    [now - 3600, false],
  ] as const) {
    server.person = { sub: 'ada', ...(time && { auth_time: time }) };
    const found = person(await visit(), {}, { since: ports.now });
    if (counts) expect(await found).toMatchObject({ subject: 'ada' });
    else await expect(found).rejects.toThrow('not asked to sign in again');
  }
});

test('a label is one line, and only a verified address counts', async () => {
  const { visit, person, server } = setUp();
  server.person = { sub: 's', email: 'eve@example.com', email_verified: false, name: 'E\nve' };
  const { label, name, email } = await person(await visit());
  expect([label, name, email]).toEqual(['eve@example.com', 'E ve', undefined]);
  server.person = { sub: 'only-a-subject' };
  expect(await person(await visit())).toMatchObject({ label: 'only-a-subject', name: '' });
});

test('where the configuration names domains, a verified address of one of them is asked for', () => {
  const { configured } = setUp();
  const someone = { issuer: '', subject: '', label: '', name: '' };
  const closed = { ...configured, emailDomains: ['example.com'] };
  expect(mayEnter(configured, someone)).toBe(true);
  expect(mayEnter(closed, { ...someone, email: 'ada@example.com' })).toBe(true);
  for (const email of [undefined, 'ada@evil.example', 'example.com@evil.example', 'ada@sub.example.com']) {
    expect(mayEnter(closed, { ...someone, email }), String(email)).toBe(false);
  }
});

test('issuer and subject make the key together', async () => {
  expect(await identityKey('https://a', 'b')).toMatch(/^[\w-]{43}$/);
  expect(await identityKey('https://a', 'b')).not.toBe(await identityKey('https://ab', ''));
});
