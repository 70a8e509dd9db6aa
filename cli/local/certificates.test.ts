import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthority, fingerprint, isServerGood, issueServer } from './certificates.ts';

const DAY = 24 * 3600 * 1000;

test('a server certificate is good for its hosts, its authority and its time', async () => {
  const now = Date.now();
  const authority = await createAuthority(now);
  const server = await issueServer(authority, ['localhost', '127.0.0.1', '::1'], now);
  const good = (hosts: string[], at = now, ca = authority.certificate) =>
    isServerGood(server.certificate, ca, hosts, at);
  expect(good(['localhost', '::1', '127.0.0.1'])).toBe(true);
  expect(good(['example.com'])).toBe(false);
  expect(good(['10.0.0.1'])).toBe(false);
  expect(good(['localhost'], now + 380 * DAY)).toBe(false);
  expect(good(['localhost'], now, (await createAuthority(now)).certificate)).toBe(false);
  expect(new X509Certificate(server.certificate).verify(new X509Certificate(authority.certificate).publicKey)).toBe(
    true,
  );
});

test('the chain ends in the certificate that a join token pins', async () => {
  const authority = await createAuthority(Date.now());
  const server = await issueServer(authority, ['localhost'], Date.now());
  const last = server.certificate.split(/(?<=-----END CERTIFICATE-----\n)/).at(-1) ?? '';
  expect(fingerprint(last)).toBe(fingerprint(authority.certificate));
});
