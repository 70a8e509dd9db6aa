import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { JANE, NODE_SERVING, RICH } from '../../../kube/testing/certificate-requests.ts';
import type { CertificateSigningRequest } from '../../../kube/types.ts';
import { MemoryNotes } from '../runtime/testing/virtual-time.ts';
import { type AuthorityPorts, createAuthority, FRONT_PROXY_AUTHORITY } from './authority.ts';

type Spec = CertificateSigningRequest['spec'];

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2026-01-02T03:04:05Z');

function ports(): AuthorityPorts & { time: number } {
  const made = {
    time: NOW,
    notes: new MemoryNotes(),
    seal: (_: string, text: string) => text,
    open: (_: string, sealed: string | Uint8Array) => sealed as string,
    clock: { now: () => made.time },
    crypto: globalThis.crypto,
  };
  return made;
}

function request(spec: Partial<Spec>): CertificateSigningRequest {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'r' },
    spec: { request: JANE, signerName: 'kubernetes.io/kubelet-serving', usages: ['client auth'], ...spec },
  };
}

async function signed(spec: Partial<Spec> = {}, given = ports()) {
  const authority = createAuthority(given);
  const certificate = new X509Certificate(atob(await authority.sign(request(spec))));
  return { certificate, authority: new X509Certificate(await authority.certificate()) };
}

test('a client’s certificate for a key of its own counts for minutes, and is issued anew before it ends', async () => {
  const given = ports();
  const authority = createAuthority(given, FRONT_PROXY_AUTHORITY);
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const first = await authority.clientCertificate('front-proxy-client', spki);
  const certificate = new X509Certificate(first);
  expect([certificate.subject, certificate.issuer]).toEqual(['CN=front-proxy-client', 'CN=front-proxy-ca']);
  expect(certificate.publicKey.equals(publicKey)).toBe(true);
  expect(certificate.verify(new X509Certificate(await authority.certificate()).publicKey)).toBe(true);
  expect(isoOf(certificate.validTo)).toBe('2026-01-02T03:14:05.000Z');
  given.time += 4 * 60_000;
  expect(await authority.clientCertificate('front-proxy-client', spki)).toBe(first);
  given.time += 60_000;
  expect(isoOf(new X509Certificate(await authority.clientCertificate('front-proxy-client', spki)).validTo)).toBe(
    '2026-01-02T03:19:05.000Z',
  );
});

const isoOf = (text: string): string => new Date(text).toISOString();

test('a certificate is the authority’s, and what was asked for', async () => {
  const { certificate, authority } = await signed({ request: RICH, usages: ['server auth', 'digital signature'] });
  expect([authority.ca, authority.subject, authority.verify(authority.publicKey)]).toEqual([
    true,
    'CN=kubernetes',
    true,
  ]);
  expect([certificate.checkIssued(authority), certificate.verify(authority.publicKey), certificate.ca]).toEqual([
    true,
    true,
    false,
  ]);
  expect(certificate.subject).toBe('C=DE\nST=Bayern\nL=München\nO=a + O=b\nOU=x\nCN=jöhn');
  expect(certificate.subjectAltName).toBe(
    'DNS:a.example.com, email:j@example.com, IP Address:1.2.3.4, URI:spiffe://example.com/a',
  );
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test.each([
  [undefined, 365 * DAY - 300_000],
  [600, 600_000],
  [3600, 3_600_000],
  [86_400, DAY - 300_000],
  [1_000_000_000, 365 * DAY - 300_000],
])('of %s seconds asked for, it lasts what upstream gives', async (expirationSeconds, life) => {
  const { certificate } = await signed({ expirationSeconds });
  expect([isoOf(certificate.validFrom), isoOf(certificate.validTo)]).toEqual([
    new Date(NOW - 300_000).toISOString(),
    new Date(NOW + life).toISOString(),
  ]);
});

test('no certificate outlives the authority, and none is signed after its end', async () => {
  const given = ports();
  const { authority } = await signed({}, given);
  given.time = Date.parse(authority.validTo) - 3_600_000;
  const last = await signed({}, given);
  expect(last.certificate.validTo).toBe(authority.validTo);
  given.time += 3_600_000;
  await expect(signed({}, given)).rejects.toThrow('refusing to sign a certificate that expired in the past');
});

test('the authority is made once, and found again sealed', async () => {
  const given = ports();
  given.seal = (name, text) => new TextEncoder().encode(`${name}|${text}`);
  given.open = (name, sealed) => {
    const text = new TextDecoder().decode(sealed as Uint8Array);
    if (!text.startsWith(`${name}|`)) throw new Error('not sealed');
    return text.slice(name.length + 1);
  };
  const authority = createAuthority(given);
  const [first, second] = await Promise.all([authority.certificate(), authority.certificate()]);
  expect(second).toBe(first);
  expect(given.notes.read('certificate-authority')).not.toContain('{');
  const later = await signed({ request: NODE_SERVING }, given);
  expect(later.authority.toString()).toBe(first);
  expect(later.certificate.publicKey.asymmetricKeyType).toBe('ed25519');
});

test('an authority is sealed anew when it is opened, with the key of now', async () => {
  const given = ports();
  const first = await createAuthority(given).certificate();
  given.seal = (_, text) => new TextEncoder().encode(`new|${text}`);
  given.open = (_, sealed) => {
    const text = typeof sealed === 'string' ? sealed : new TextDecoder().decode(sealed);
    return text.replace('new|', '');
  };
  expect(await createAuthority(given).certificate()).toBe(first);
  expect(atob(given.notes.read('certificate-authority') ?? '')).toMatch(/^new\|/);
  expect(await createAuthority(given).certificate()).toBe(first);
});

test('an authority that cannot be opened is not replaced by another one', async () => {
  const given = ports();
  await createAuthority(given).certificate();
  const before = given.notes.read('certificate-authority');
  given.open = () => {
    throw new Error('no key');
  };
  const authority = createAuthority(given);
  await expect(authority.certificate()).rejects.toThrow('no key');
  await expect(authority.sign(request({}))).rejects.toThrow('no key');
  expect(given.notes.read('certificate-authority')).toBe(before);
});
