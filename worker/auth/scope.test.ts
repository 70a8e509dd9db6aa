import { expect, test } from 'vitest';
import { beyondScope } from './scope.ts';

const CLUSTER = 'a123456789';
const refused = (scope: object, method: string, reach: 'account' | 'clusters') =>
  beyondScope(scope, { method, reach }) !== undefined;

test('a token for one cluster reaches routes of clusters alone', () => {
  expect(refused({ cluster: CLUSTER }, 'GET', 'clusters')).toBe(false);
  expect(refused({ cluster: CLUSTER }, 'GET', 'account')).toBe(true);
  expect(refused({ cluster: CLUSTER }, 'DELETE', 'account')).toBe(true);
});

test('a read-only token reads what is the account’s, and changes nothing', () => {
  expect(refused({ readOnly: true }, 'GET', 'account')).toBe(false);
  for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
    expect(refused({ readOnly: true }, method, 'account')).toBe(true);
  }
});

test('a refusal says what the token may', () => {
  const say = (scope: object) => beyondScope(scope, { method: 'DELETE', reach: 'account' });
  expect(say({ cluster: CLUSTER })).toContain(`may use the cluster ${CLUSTER} and nothing else`);
  expect(say({ readOnly: true })).toContain("may see the account's clusters and nothing else");
  expect(say({ cluster: CLUSTER, readOnly: true })).toContain(`may see the cluster ${CLUSTER}`);
});
