/** A certificate authority of our own, and the server certificate it issues: PEM text, P-256. */
import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface KeyPairPem {
  /** One certificate, or the chain down to the authority's own. */
  certificate: string;
  /** PKCS #8. */
  key: string;
}

interface CertificateTemplate {
  subject: string;
  issuer: string;
  notBefore: number;
  notAfter: number;
  publicKey: CryptoKey;
  /** RFC 5280, section 4.2: object identifier → the value's DER; the critical ones are marked. */
  extensions: readonly { id: string; critical?: boolean; value: ArrayBuffer }[];
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 3650;
/** Longer is refused by Apple's and browsers' verifiers. */
const SERVER_DAYS = 397;
const CA_NAME = 'islet-ca';
const SERVER_NAME = 'islet';
const OIDS = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;
/** Bit strings of RFC 5280, section 4.2.1.3, with the number of bits that are left over. */
const SIGNS_CERTIFICATES = { bits: 0b0000_0110, unused: 1 };
const SIGNS_DIGITALLY = { bits: 0b1000_0000, unused: 7 };
/** Tags of GeneralName in RFC 5280, section 4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** `now` in milliseconds since the epoch. */
export async function createAuthority(now: number): Promise<KeyPairPem> {
  const { pkijs } = await library();
  const keys = await newKeys();
  const certificate = await sign(keys.privateKey, {
    subject: CA_NAME,
    issuer: CA_NAME,
    notBefore: now - DAY_MS,
    notAfter: now + CA_DAYS * DAY_MS,
    publicKey: keys.publicKey,
    extensions: [
      {
        id: OIDS.basicConstraints,
        critical: true,
        value: new pkijs.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema().toBER(),
      },
      { id: OIDS.keyUsage, critical: true, value: await keyUsage(SIGNS_CERTIFICATES) },
      { id: OIDS.subjectKeyIdentifier, value: await octets(await keyIdentifier(keys.publicKey)) },
    ],
  });
  return { certificate, key: await privatePem(keys) };
}

/** The chain holds the authority's certificate too, so that a machine that knows only its digest can find it there. */
export async function issueServer(authority: KeyPairPem, hosts: readonly string[], now: number): Promise<KeyPairPem> {
  const { pkijs } = await library();
  const keys = await newKeys();
  const authorityKey = await crypto.subtle.importKey(
    'spki',
    new X509Certificate(authority.certificate).publicKey.export({ type: 'spki', format: 'der' }),
    ALGORITHM,
    true,
    ['verify'],
  );
  const names = new pkijs.GeneralNames({ names: await Promise.all(hosts.map(generalName)) });
  const certificate = await sign(await importPrivate(authority.key), {
    subject: SERVER_NAME,
    issuer: CA_NAME,
    notBefore: now - DAY_MS,
    notAfter: now + SERVER_DAYS * DAY_MS,
    publicKey: keys.publicKey,
    extensions: [
      { id: OIDS.basicConstraints, value: new pkijs.BasicConstraints({ cA: false }).toSchema().toBER() },
      { id: OIDS.keyUsage, critical: true, value: await keyUsage(SIGNS_DIGITALLY) },
      {
        id: OIDS.extendedKeyUsage,
        value: new pkijs.ExtKeyUsage({ keyPurposes: [OIDS.serverAuth] }).toSchema().toBER(),
      },
      { id: OIDS.subjectAltName, value: names.toSchema().toBER() },
      {
        id: OIDS.authorityKeyIdentifier,
        value: new pkijs.AuthorityKeyIdentifier({ keyIdentifier: await octetString(await keyIdentifier(authorityKey)) })
          .toSchema()
          .toBER(),
      },
    ],
  });
  return { certificate: `${certificate}${authority.certificate}`, key: await privatePem(keys) };
}

/** Whether a server certificate is this authority's, names every host, and lasts another month. */
export function isServerGood(server: string, authority: string, hosts: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(server);
    const issuer = new X509Certificate(authority);
    return (
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey) &&
      // `validToDate` is younger than the oldest Node that runs this.
      Date.parse(certificate.validTo) > now + 30 * DAY_MS &&
      hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
    );
  } catch {
    return false;
  }
}

/** Both can be read, and the key is the certificate's. */
export function isPair({ certificate, key }: KeyPairPem): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** SHA-256 of the certificate (DER) in lower-case hex: what join tokens pin. */
export function fingerprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
}

/** Loaded when a certificate is made: most starts find the one they have still good. */
async function library() {
  const [asn1, pkijs] = await Promise.all([import('asn1js'), import('pkijs')]);
  return { asn1, pkijs };
}

async function sign(key: CryptoKey, template: CertificateTemplate): Promise<string> {
  const { asn1, pkijs } = await library();
  const engine = new pkijs.CryptoEngine({ name: 'node', crypto: crypto as never });
  const name = (value: string) =>
    new pkijs.AttributeTypeAndValue({ type: OIDS.commonName, value: new asn1.Utf8String({ value }) });
  const certificate = new pkijs.Certificate();
  certificate.version = 2; // v3
  certificate.serialNumber = new asn1.Integer({ valueHex: serialNumber() });
  certificate.subject.typesAndValues.push(name(template.subject));
  certificate.issuer.typesAndValues.push(name(template.issuer));
  certificate.notBefore.value = new Date(template.notBefore);
  certificate.notAfter.value = new Date(template.notAfter);
  certificate.extensions = template.extensions.map(
    ({ id, critical = false, value }) => new pkijs.Extension({ extnID: id, critical, extnValue: value }),
  );
  await certificate.subjectPublicKeyInfo.importKey(template.publicKey, engine);
  await certificate.sign(key, 'SHA-256', engine);
  return pem('CERTIFICATE', certificate.toSchema(true).toBER());
}

/** A positive number of 16 bytes. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes.buffer;
}

async function keyUsage({ bits, unused }: { bits: number; unused: number }): Promise<ArrayBuffer> {
  const { asn1 } = await library();
  return new asn1.BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits: unused }).toBER();
}

async function generalName(host: string) {
  const { pkijs } = await library();
  const family = isIP(host);
  if (family === 0) return new pkijs.GeneralName({ type: DNS_NAME, value: host });
  return new pkijs.GeneralName({ type: IP_ADDRESS, value: await octetString(addressBytes(host, family)) });
}

/** 4 or 16 bytes in the order of the network. */
function addressBytes(address: string, family: number): ArrayBuffer {
  if (family === 4) return new Uint8Array(address.split('.').map(Number)).buffer;
  // The URL parser prints an embedded IPv4 address in hexadecimal groups, too.
  const [left = '', right] = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [head, tail] = [groups(left), groups(right)];
  const all = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return new Uint8Array(all.map((group) => Number.parseInt(group, 16)).flatMap((value) => [value >> 8, value & 0xff]))
    .buffer;
}

/** RFC 5280, section 4.2.1.2, method 1: SHA-1 of the public key's bits. */
async function keyIdentifier(key: CryptoKey): Promise<ArrayBuffer> {
  const bits = new Uint8Array(await crypto.subtle.exportKey('raw', key));
  return new Uint8Array(createHash('sha1').update(bits).digest()).buffer;
}

async function octetString(valueHex: ArrayBuffer) {
  const { asn1 } = await library();
  return new asn1.OctetString({ valueHex });
}

async function octets(value: ArrayBuffer): Promise<ArrayBuffer> {
  return (await octetString(value)).toBER();
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function privatePem(keys: CryptoKeyPair): Promise<string> {
  return pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', keys.privateKey));
}

function pem(label: string, der: ArrayBuffer): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function importPrivate(text: string): Promise<CryptoKey> {
  const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
