import { expect, test } from 'vitest';
import type { Env } from '../env.ts';
import { locate } from '../location.ts';
import { originOf, siteNamed } from './site.ts';

const HASH = 'abcdefghijklmnopqr23';
const local = { ISLET_SIGNING_KEY: '{"kid":"K1d-2345678"}' } as Env;
const hosted = { ...local, ISLET_FORWARD_DOMAIN: 'Forwards.example.' } as Env;

test('beside a local dashboard, a site is a name beside its own', () => {
  const dashboard = locate('http://islet-k1d23456.localhost:8081/');
  expect(originOf(HASH, dashboard, local)).toBe(`http://islet-k1d23456-${HASH}.localhost:8081`);
  const named = (url: string) => siteNamed(locate(url), local);
  expect(named(`http://islet-k1d23456-${HASH}.localhost:8081/a`)).toBe(HASH);
  for (const host of [
    'islet-k1d23456.localhost',
    'islet-k1d23456-short.localhost',
    `islet-other-${HASH}.localhost`,
    `islet-k1d23456-${HASH}.localhost.example`,
    `x.islet-k1d23456-${HASH}.localhost`,
    `islet-k1d23456-${HASH.replace('a', '1')}.localhost`,
  ]) {
    expect([host, named(`http://${host}:8081/`)]).toEqual([host, undefined]);
  }
  expect(named(`https://islet-k1d23456-${HASH}.localhost/`)).toBeUndefined();
});

test('hosted, a site is beneath a domain of its own, or there is none', () => {
  const dashboard = locate('https://islet.example:8443/');
  expect(originOf(HASH, dashboard, hosted)).toBe(`https://${HASH}.forwards.example:8443`);
  expect(originOf(HASH, dashboard, local)).toBeUndefined();
  expect(siteNamed(locate(`https://${HASH}.forwards.example/`), hosted)).toBe(HASH);
  for (const host of [
    'forwards.example',
    `a.${HASH}.forwards.example`,
    `${HASH}.forwards.example.com`,
    'islet.example',
  ]) {
    expect([host, siteNamed(locate(`https://${host}/`), hosted)]).toEqual([host, undefined]);
  }
  expect(siteNamed(locate(`http://${HASH}.forwards.example/`), hosted)).toBeUndefined();
});

test('no site is beneath the dashboard, or above it: its pages could set the other’s cookies', () => {
  for (const domain of ['islet.example', 'a.islet.example', 'example']) {
    const env = { ...local, ISLET_FORWARD_DOMAIN: domain } as Env;
    expect(originOf(HASH, locate('https://islet.example/'), env)).toBeUndefined();
  }
});
