import { expect, test } from 'vitest';
import { userHeaders } from './user-headers.ts';

test('users are written into headers as client-go does', () => {
  const user = { name: 'ü', uid: '7', groups: ['a', 'b'], extra: { 'Scopes/é%': ['x', 'y\nz'] } };
  expect(userHeaders(user)).toEqual({
    'x-remote-user': 'Ã¼',
    'x-remote-uid': '7',
    'x-remote-group': ['a', 'b'],
    'x-remote-extra-scopes%2f%c3%a9%25': ['x', 'y z'],
  });
  const cases = userHeaders({ name: 'a', groups: [], extra: { key: ['x'], KEY: ['y'] } });
  expect(cases['x-remote-extra-key']).toEqual(['x', 'y']);
  const long = 'a'.repeat(1_000_000);
  expect(userHeaders({ name: long, groups: [] })['x-remote-user']).toBe(long);
});
