/** A certificate authority of our own, and the server certificate it issues: PEM text, P-256. */
import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface KeyPairPem {
  /** One certificate, or the chain down to the authority's own. */
  certificate: string;
  /** PKCS #8. */
  key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 3650;
/** Longer is refused by Apple's and browsers' verifiers. */
const SERVER_DAYS = 397;

/** `now` in milliseconds since the epoch. */
export async function createAuthority(now: number): Promise<KeyPairPem> {
  const x509 = await library();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=islet-ca',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + CA_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await privatePem(keys) };
}

/** The chain holds the authority's certificate too, so that a machine that knows only its digest can find it there. */
export async function issueServer(authority: KeyPairPem, hosts: readonly string[], now: number): Promise<KeyPairPem> {
  const x509 = await library();
  const keys = await newKeys();
  const ca = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=islet',
    issuer: ca.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + SERVER_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: await importPrivate(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n${authority.certificate}`, key: await privatePem(keys) };
}

/** Whether a server certificate is this authority's, names every host, and lasts another month. */
export function isServerGood(server: string, authority: string, hosts: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(server);
    return (
      certificate.checkIssued(new X509Certificate(authority)) &&
      certificate.validToDate.getTime() > now + 30 * DAY_MS &&
      hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
    );
  } catch {
    return false;
  }
}

/** SHA-256 of the certificate (DER) in lower-case hex: what join tokens pin. */
export function fingerprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
}

async function library() {
  await import('./metadata.ts');
  return import('@peculiar/x509');
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function privatePem(keys: CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

function importPrivate(pem: string): Promise<CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
