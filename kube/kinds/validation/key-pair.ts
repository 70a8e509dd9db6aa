/**
 * Whether a certificate and a private key belong together, in the words of Go's `tls.X509KeyPair`. Keys that do not
 * hold their public half (Ed25519, and EC keys without it) are taken on trust: it could only be computed.
 */
import { fromBase64Bytes } from './base64.ts';
import { pemBlocks } from './pem.ts';

/** The problem with the pair; undefined where there is none. */
export function keyPairError(certificateText: string, keyText: string): string | undefined {
  const certificates = pemBlocks(certificateText);
  const certificate = certificates.find(({ type }) => type === 'CERTIFICATE');
  if (!certificate) {
    const types = certificates.map(({ type }) => type);
    if (types.length === 0) return 'tls: failed to find any PEM data in certificate input';
    if (types.length === 1 && types[0]?.endsWith('PRIVATE KEY')) {
      return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched';
    }
    return `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
  }
  const keys = pemBlocks(keyText);
  const key = keys.find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'));
  if (!key) {
    const types = keys.map(({ type }) => type);
    if (types.length === 0) return 'tls: failed to find any PEM data in key input';
    if (types.length === 1 && types[0] === 'CERTIFICATE') {
      return 'tls: found a certificate rather than a key in the PEM for the private key';
    }
    return `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(' ')}]`;
  }
  const certified = attempt(() => publicKeyOfCertificate(fromBase64Bytes(certificate.body)));
  if (!certified) return 'x509: malformed certificate';
  const owned = attempt(() => publicKeyOfPrivate(fromBase64Bytes(key.body)));
  if (!owned) return 'tls: failed to parse private key';
  if (owned.algorithm !== certified.algorithm) return 'tls: private key type does not match public key type';
  if (owned.value === undefined || owned.value === certified.value) return undefined;
  return 'tls: private key does not match public key';
}

interface PublicKey {
  algorithm: string;
  /** The modulus or the point, in hexadecimal. */
  value: string | undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Object identifiers, as they are encoded. */
const RSA = '2a864886f70d010101';
const EC = '2a8648ce3d0201';
const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, SEQUENCE, FIRST, SECOND] = [2, 3, 4, 6, 0x30, 0xa0, 0xa1];

interface Element {
  tag: number;
  content: Uint8Array;
}

/** The elements that follow each other in DER. */
function elementsOf(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++] ?? 0;
    let length = bytes[at++] ?? 0;
    if (length > 0x84) throw new Error('too long');
    if (length >= 0x80) {
      const size = length & 0x7f;
      length = bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
      at += size;
    }
    if (at + length > bytes.length) throw new Error('cut off');
    elements.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

function inside(element: Element | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw new Error('unexpected element');
  return element.content;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function publicKeyOfCertificate(der: Uint8Array): PublicKey {
  const [certificate] = elementsOf(der);
  const [signed] = elementsOf(inside(certificate, SEQUENCE));
  const fields = elementsOf(inside(signed, SEQUENCE));
  // Version (which may be left out), serial number, signature, issuer, validity, subject, key.
  const key = fields[fields[0]?.tag === FIRST ? 6 : 5];
  const [algorithm, bits] = elementsOf(inside(key, SEQUENCE));
  const id = hex(inside(elementsOf(inside(algorithm, SEQUENCE))[0], OBJECT_ID));
  const value = inside(bits, BIT_STRING).subarray(1);
  return { algorithm: id, value: id === RSA ? modulusOf(value, 0) : hex(value) };
}

function modulusOf(der: Uint8Array, position: number): string {
  return hex(inside(elementsOf(inside(elementsOf(der)[0], SEQUENCE))[position], INTEGER));
}

/** PKCS #1, SEC 1 or PKCS #8, whichever it is. */
function publicKeyOfPrivate(der: Uint8Array): PublicKey {
  const fields = elementsOf(inside(elementsOf(der)[0], SEQUENCE));
  const second = fields[1];
  if (second?.tag === INTEGER) return { algorithm: RSA, value: modulusOf(der, 1) };
  if (second?.tag === OCTET_STRING) return { algorithm: EC, value: pointOf(fields) };
  const algorithm = hex(inside(elementsOf(inside(second, SEQUENCE))[0], OBJECT_ID));
  const inner = inside(fields[2], OCTET_STRING);
  if (algorithm === RSA) return { algorithm, value: modulusOf(inner, 1) };
  if (algorithm !== EC) return { algorithm, value: undefined };
  return { algorithm, value: pointOf(elementsOf(inside(elementsOf(inner)[0], SEQUENCE))) };
}

function pointOf(fields: readonly Element[]): string | undefined {
  const holder = fields.find(({ tag }) => tag === SECOND);
  const [bits] = holder ? elementsOf(holder.content) : [];
  return bits && hex(inside(bits, BIT_STRING).subarray(1));
}
