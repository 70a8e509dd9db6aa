import { expect, test } from 'vitest';
import { newClusterId } from './names.ts';

test('cluster ids are ten letters and digits that can be a host name', () => {
  const id = newClusterId((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  expect(id).toMatch(/^[a-z][a-z0-9]{9}$/);
});
