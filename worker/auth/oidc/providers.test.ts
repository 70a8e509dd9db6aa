import { expect, test } from 'vitest';
import { offeredProviders, parseProviders } from './providers.ts';

const GOOGLE = { name: 'google', label: 'Google', issuer: 'https://accounts.google.com', clientId: 'a.apps' };
const parse = (...list: object[]) => parseProviders(JSON.stringify(list));

test('without the setting there are no providers', () => {
  for (const text of [undefined, '', ' ', '[]']) expect(parseProviders(text)).toEqual([]);
});

test('a provider has usual scopes, and its name for a label', () => {
  expect(parse({ ...GOOGLE, label: undefined, clientSecret: 's', emailDomains: ['Example.com'] })).toEqual([
    {
      name: 'google',
      label: 'google',
      issuer: 'https://accounts.google.com',
      clientId: 'a.apps',
      clientSecret: 's',
      scopes: ['openid', 'profile', 'email'],
      emailDomains: ['example.com'],
    },
  ]);
});

test('a slip is named with its place, and shows no secret', () => {
  const slips: [object, string][] = [
    [{ ...GOOGLE, name: 'Google!' }, '[0].name'],
    [{ ...GOOGLE, label: '' }, '[0].label'],
    [{ ...GOOGLE, issuer: 'http://accounts.google.com' }, '[0].issuer'],
    [{ ...GOOGLE, issuer: 'https://accounts.google.com/?x' }, '[0].issuer'],
    [{ ...GOOGLE, clientId: undefined }, '[0].clientId'],
    [{ ...GOOGLE, clientSecret: 7 }, '[0].clientSecret'],
    [{ ...GOOGLE, scopes: ['email'] }, '[0].scopes'],
    [{ ...GOOGLE, emailDomains: [] }, '[0].emailDomains'],
    [{ ...GOOGLE, client_secret: 'hush' }, '"client_secret"'],
  ];
  for (const [slip, place] of slips) {
    expect(() => parse(slip)).toThrow(place);
    expect(() => parse(slip)).not.toThrow('hush');
  }
  expect(() => parse(GOOGLE, GOOGLE)).toThrow('"google" twice');
  for (const text of ['{', '{}', '"google"']) expect(() => parseProviders(text)).toThrow('list of providers');
});

test('plain http is for a provider on this machine alone', () => {
  for (const host of ['127.0.0.1:9999', 'localhost', '[::1]:80']) {
    expect(parse({ ...GOOGLE, issuer: `http://${host}` })).toHaveLength(1);
  }
  expect(() => parse({ ...GOOGLE, issuer: 'http://127.0.0.1.example' })).toThrow('.issuer');
});

test('a malformed setting offers no provider, and is reported', () => {
  const reported: unknown[] = [];
  expect(offeredProviders('{', (problem) => reported.push(problem))).toEqual([]);
  expect(String(reported)).toContain('ISLET_OIDC_PROVIDERS');
  expect(offeredProviders(JSON.stringify([GOOGLE]), () => {})).toEqual([{ name: 'google', label: 'Google' }]);
});
