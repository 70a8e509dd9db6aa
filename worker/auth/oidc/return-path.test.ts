import { expect, test } from 'vitest';
import { returnPath } from './return-path.ts';

test('a page of this service is gone on to', () => {
  for (const path of ['/', '/#cluster=shop&page=resources', '/device?user_code=BCDF-GHJK', '/s#token']) {
    expect(returnPath(path)).toBe(path);
  }
});

test('an address elsewhere is not', () => {
  const elsewhere = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
  ];
  const others = ['evil', '', 'javascript:alert(1)', '/ /evil.example', `/${'x'.repeat(3000)}`, '/"><script>\u00e9'];
  for (const path of [...elsewhere, ...others, undefined]) expect(returnPath(path)).toBe('/');
});

test('a path of the API is not', () => {
  const paths = ['/islet/v1/session/oidc/google', '/x/../islet/v1/clusters', '/clusters/a123456789/api', '/api/v1'];
  for (const path of paths) expect(returnPath(path)).toBe('/');
});
