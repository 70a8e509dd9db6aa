import { expect, test } from 'vitest';
import { parseQuery } from './query.ts';
import { parseRequest } from './request-info.ts';

test.each([
  ['fieldSelector=metadata.name%3Da', 'a'],
  ['fieldSelector=metadata.name%3Da&labelSelector=x%3Dy', 'a'],
  ['fieldSelector=metadata.name%3Da%2Cmetadata.namespace%3Db', 'a'],
  ['fieldSelector=metadata.name!%3Da', ''],
  ['fieldSelector=metadata.name%3Da&limit=%2B1&timeoutSeconds=5', 'a'],
  ['fieldSelector=metadata.name%3Da&limit=x', ''],
  ['fieldSelector=metadata.name%3Da&timeoutSeconds=', ''],
  ['fieldSelector=metadata.name%3D..', ''],
  ['fieldSelector=metadata.name%3Da&labelSelector=x%3Dy%3Dz', ''],
  ['fieldSelector=metadata.name%3Da&labelSelector=A_b!', ''],
  [`fieldSelector=metadata.name%3Da&labelSelector=x%3D${'v'.repeat(64)}`, ''],
])('a list with %s is about the name %j', (query, name) => {
  expect(parseRequest('GET', '/api/v1/namespaces/n/pods', parseQuery(query)).name).toBe(name);
});

test.each([
  ['x%2Fproxy', ['x', 'proxy', false]],
  ['x%2fproxy%2F%ff', ['x', 'proxy', true]],
  ['x%2Fproxy%ff', ['x', 'proxy\ufffd', false]],
  ['%c3%a4%ff%41', ['ä\ufffdA', '', false]],
  ['x%252Fproxy', ['x%2Fproxy', '', false]],
])('an escaped slash divides the path %s, whatever bytes are beside it', (path, expected) => {
  const { name, subresource, isDeeper } = parseRequest('GET', `/api/v1/namespaces/n/pods/${path}`, parseQuery(''));
  expect([name, subresource, isDeeper]).toEqual(expected);
});
