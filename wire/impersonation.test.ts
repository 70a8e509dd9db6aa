import { expect, test } from 'vitest';
import { gatherExtra, readExtra } from './impersonation.ts';

test('extras are gathered from their headers', () => {
  const headers = new Headers({ accept: '*/*', 'Impersonate-Extra-Scopes': 'view, edit' });
  headers.set('Impersonate-Extra-example.com%2Fteam', 'a');
  headers.set('Impersonate-Extra-example.com%2fte%61m', 'b');
  headers.set('Impersonate-Extra-50%', 'b');
  headers.append('Impersonate-Extra-dn', 'CN=a,OU=b');
  headers.append('Impersonate-Extra-dn', 'CN=c');
  expect(readExtra(gatherExtra(headers))).toEqual({
    scopes: ['view', 'edit'],
    'example.com/team': ['b', 'a'],
    '50%': ['b'],
    dn: ['CN=a,OU=b', 'CN=c'],
  });
  expect(readExtra(gatherExtra(new Headers({ 'impersonate-user': 'jane' })))).toBeUndefined();
});
