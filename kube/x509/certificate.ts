/** Certificates, as Go's `x509.CreateCertificate` makes them of a request: the bytes to sign, and the whole. */
import { type AltNames, GENERAL_NAME } from './certificate-request.ts';
import {
  ascii,
  bitString,
  bitStringBytes,
  concat,
  DerReader,
  integer,
  oid,
  sequence,
  TAG,
  time,
  timeOf,
  value,
} from './der.ts';
import { type Name, printName } from './name.ts';
import { OID } from './oids.ts';

export interface CertificateTemplate extends Partial<AltNames> {
  /** A number, in the order of the network. */
  serialNumber: Uint8Array;
  issuer: Name;
  subject: Name;
  /** Milliseconds since the epoch. */
  notBefore: number;
  notAfter: number;
  /** SubjectPublicKeyInfo. */
  spki: Uint8Array;
  /** Bits of KeyUsage, by their numbers in RFC 5280, section 4.2.1.3. */
  keyUsages: readonly number[];
  /** Object identifiers. */
  extendedKeyUsages?: readonly string[];
  isCA?: boolean;
  subjectKeyId?: Uint8Array;
  authorityKeyId?: Uint8Array;
}

const ECDSA_WITH_SHA256 = sequence(oid(OID.ecdsaWithSHA256));
const YES = Uint8Array.of(0x01, 0x01, 0xff);

/** TBSCertificate, to be signed with ECDSA and SHA-256. */
export function certificateToSign(template: CertificateTemplate): Uint8Array<ArrayBuffer> {
  const { serialNumber, issuer, subject, notBefore, notAfter, spki } = template;
  return sequence(
    value(0xa0, integer(Uint8Array.of(2))),
    integer(serialNumber),
    ECDSA_WITH_SHA256,
    printName(issuer),
    sequence(time(notBefore), time(notAfter)),
    printName(subject),
    spki,
    value(0xa3, sequence(...extensions(template))),
  );
}

/** `signature` is that of WebCrypto: two numbers of one size, one behind the other. */
export function signedCertificate(toSign: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = signature.length / 2;
  const numbers = sequence(integer(signature.subarray(0, half)), integer(signature.subarray(half)));
  return sequence(toSign, ECDSA_WITH_SHA256, bitString(numbers));
}

function extensions(template: CertificateTemplate): Uint8Array[] {
  const { keyUsages, extendedKeyUsages = [], isCA = false, subjectKeyId, authorityKeyId } = template;
  const names = generalNames(template);
  const all: Uint8Array[] = [];
  if (keyUsages.length > 0) all.push(extension(OID.keyUsage, keyUsageBits(keyUsages), true));
  if (extendedKeyUsages.length > 0) all.push(extension(OID.extendedKeyUsage, sequence(...extendedKeyUsages.map(oid))));
  all.push(extension(OID.basicConstraints, isCA ? sequence(YES) : sequence(), true));
  if (subjectKeyId) all.push(extension(OID.subjectKeyIdentifier, value(TAG.octetString, subjectKeyId)));
  if (authorityKeyId) all.push(extension(OID.authorityKeyIdentifier, sequence(value(0x80, authorityKeyId))));
  if (names.length > 0) {
    all.push(extension(OID.subjectAltName, sequence(concat(names)), template.subject.attributes.size === 0));
  }
  return all;
}

function extension(id: string, der: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(id), ...(critical ? [YES] : []), value(TAG.octetString, der));
}

function generalNames({
  dnsNames = [],
  emailAddresses = [],
  ipAddresses = [],
  uris = [],
}: Partial<AltNames>): Uint8Array[] {
  return [
    ...dnsNames.map((name) => value(GENERAL_NAME.dns, ascii(name))),
    ...emailAddresses.map((address) => value(GENERAL_NAME.email, ascii(address))),
    ...ipAddresses.map((address) => value(GENERAL_NAME.ip, address)),
    ...uris.map((uri) => value(GENERAL_NAME.uri, ascii(uri))),
  ];
}

/** Bit 0 is the highest of the first byte; zeros at the end are left out. */
function keyUsageBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return bitString(bytes, 7 - (highest & 7));
}

/** The time that a certificate ends, in milliseconds since the epoch. Throws a DerError. */
export function notAfterOf(der: Uint8Array): number {
  const outer = new DerReader(der);
  const whole = outer.inside(TAG.sequence);
  outer.end();
  const fields = whole.inside(TAG.sequence);
  whole.next(TAG.sequence);
  bitStringBytes(whole.next(TAG.bitString).content);
  if (fields.tag === 0xa0) fields.next();
  fields.next(TAG.integer);
  fields.next(TAG.sequence);
  fields.next(TAG.sequence);
  const validity = fields.inside(TAG.sequence);
  timeOf(validity.next());
  return timeOf(validity.next());
}

/** PEM with lines of 64 characters, as Go's `encoding/pem` prints it. */
export function printPem(type: string, der: Uint8Array): string {
  const base64 = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(''));
  return `-----BEGIN ${type}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${type}-----\n`;
}

/** The public key's bits in a SubjectPublicKeyInfo: what key identifiers are hashes of. */
export function publicKeyBits(spki: Uint8Array): Uint8Array {
  const info = new DerReader(spki).inside(TAG.sequence);
  info.next(TAG.sequence);
  return concat([bitStringBytes(info.next(TAG.bitString).content)]);
}
