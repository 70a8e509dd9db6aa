import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { rootCA } from './env.ts';
import { PUBLIC_ROOTS } from './public-roots.ts';

test('each root is one that is still trusted in public', () => {
  const trusted = new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
  const roots = PUBLIC_ROOTS.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  expect(roots.join('')).toBe(PUBLIC_ROOTS);
  for (const root of roots.map((pem) => new X509Certificate(pem))) {
    expect([root.ca, root.checkIssued(root), trusted.has(root.fingerprint256)]).toEqual([true, true, true]);
  }
});

test('a deployment that names its authority publishes that one, be it none', () => {
  expect(rootCA({})).toBe(PUBLIC_ROOTS);
  expect(rootCA({ ISLET_CA: 'PEM' })).toBe('PEM');
  expect(rootCA({ ISLET_CA: '' })).toBe('');
});
