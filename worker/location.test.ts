import { expect, test } from 'vitest';
import { clusterOf, isClusterId, locate, malformedEscape } from './location.ts';

test('an address is cut into host, path and query', () => {
  expect(locate('https://Host:7443/clusters/abc/api?x=/y')).toEqual({
    secure: true,
    host: 'host:7443',
    path: '/clusters/abc/api',
    query: 'x=/y',
  });
  expect(locate('http://host?code=1')).toEqual({ secure: false, host: 'host', path: '/', query: 'code=1' });
  expect(locate('http://host')).toMatchObject({ path: '/', query: '' });
});

test('a cluster is named by the path or by the host', () => {
  expect(clusterOf(locate('https://h/clusters/a123456789/api/v1'))).toEqual({ id: 'a123456789', path: '/api/v1' });
  expect(clusterOf(locate('https://h/clusters/a123456789'))).toEqual({ id: 'a123456789', path: '/' });
  expect(clusterOf(locate('https://a123456789.example.com/api'), 'example.com')).toEqual({
    id: 'a123456789',
    path: '/api',
  });
});

test('a host that only ends like the domain names no cluster', () => {
  expect(clusterOf(locate('https://a123456789evilexample.com/api'), 'example.com')).toBeUndefined();
  expect(clusterOf(locate('https://example.com/api'), 'example.com')).toBeUndefined();
  expect(clusterOf(locate('https://www.example.com/api'), 'example.com')).toBeUndefined();
});

test('only ids that can exist are ids', () => {
  expect(isClusterId('a123456789')).toBe(true);
  for (const id of ['', 'default', '1234567890', 'A123456789', 'a1234567890', '../../../..']) {
    expect(isClusterId(id)).toBe(false);
  }
});

test('a malformed percent-encoding is found', () => {
  for (const path of ['/api/v1', '/a%2Fb', '/%ff', '/%aF']) expect(malformedEscape(path)).toBeUndefined();
  expect(malformedEscape('/api/%zz')).toBe('%zz');
  expect(malformedEscape('/a%20b%2')).toBe('%2');
  expect(malformedEscape('/%')).toBe('%');
  expect(malformedEscape('/%%41')).toBe('%%4');
});
