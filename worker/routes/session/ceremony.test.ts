import { expect, test } from 'vitest';
import { locate } from '../../location.ts';
import { ceremonyOf } from './ceremony.ts';

test('a passkey is of the dashboard’s host, without its port, and is used from its very origin', () => {
  const challenge = { id: 'c', expires: 1 };
  const at = (url: string) => ceremonyOf(locate(url), challenge, null);
  expect(at('https://Islet.example:8443/islet/v1/session/passkey')).toMatchObject({
    origin: 'https://islet.example:8443',
    rpId: 'islet.example',
    challenge: 'c',
    expires: 1,
  });
  expect(at('http://islet-ab.localhost:3000/')).toMatchObject({
    origin: 'http://islet-ab.localhost:3000',
    rpId: 'islet-ab.localhost',
  });
});
