import { expect, test } from 'vitest';
import type { EdgeRequest } from '../env.ts';
import { locate } from '../location.ts';
import { isOwnPage, isPage } from './own-page.ts';

const site = locate('https://one.forwards.example/');
const asked = (headers: Record<string, string>, method = 'GET') =>
  ({ method, headers: new Headers(headers) }) as unknown as EdgeRequest;
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test('the cookie speaks for pages of its site, and for a person who follows a link', () => {
  const own = (headers: Record<string, string>, method?: string) => isOwnPage(asked(headers, method), site);
  expect(own({})).toBe(true);
  expect(own({ 'sec-fetch-site': 'none', ...NAVIGATION })).toBe(true);
  expect(own({ 'sec-fetch-site': 'same-origin', origin: 'null' }, 'POST')).toBe(true);
  expect(own({ origin: 'https://ONE.forwards.example' }, 'POST')).toBe(true);
  expect(own({ 'sec-fetch-site': 'cross-site', ...NAVIGATION })).toBe(true);
  for (const other of ['same-site', 'cross-site']) {
    expect(own({ 'sec-fetch-site': other, ...NAVIGATION }, 'POST')).toBe(false);
    expect(own({ 'sec-fetch-site': other, ...NAVIGATION, 'sec-fetch-dest': 'iframe' })).toBe(false);
    expect(own({ 'sec-fetch-site': other, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBe(false);
  }
  expect(own({ origin: 'https://two.forwards.example', upgrade: 'websocket' })).toBe(false);
  expect(own({ origin: 'null' }, 'POST')).toBe(false);
});

test('a problem is a page for a person, and an answer for a program', () => {
  expect(isPage(asked(NAVIGATION))).toBe(true);
  expect(isPage(asked({ accept: 'text/html,*/*' }))).toBe(true);
  expect(isPage(asked({ accept: 'text/html', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }))).toBe(false);
  expect(isPage(asked({ accept: 'application/json' }))).toBe(false);
});
