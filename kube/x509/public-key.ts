/** SubjectPublicKeyInfo, and the WebCrypto algorithm by which a key checks a signature (Go's `crypto/x509`). */
import { bitStringBytes, DerError, DerReader, oidText, TAG } from './der.ts';
import { OID } from './oids.ts';

export interface PublicKey {
  type: 'RSA' | 'ECDSA' | 'Ed25519' | 'unknown';
  /** SubjectPublicKeyInfo. */
  spki: Uint8Array<ArrayBuffer>;
  curve?: Curve;
}

interface Curve {
  name: 'P-256' | 'P-384' | 'P-521';
  /** Bytes of a coordinate. */
  size: number;
}

const CURVES: Readonly<Record<string, Curve>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', size: 32 },
  '1.3.132.0.34': { name: 'P-384', size: 48 },
  '1.3.132.0.35': { name: 'P-521', size: 66 },
};

/** Throws a DerError. */
export function parsePublicKey(der: Uint8Array): PublicKey {
  const info = new DerReader(der).inside(TAG.sequence);
  const algorithm = info.inside(TAG.sequence);
  const bytes = bitStringBytes(info.next(TAG.bitString).content);
  const spki = new Uint8Array(der);
  switch (oidText(algorithm.next(TAG.oid).content)) {
    case OID.rsa:
      if (algorithm.isEmpty || algorithm.next().tag !== 0x05)
        throw new DerError('x509: RSA key missing NULL parameters');
      checkRSA(bytes);
      return { type: 'RSA', spki };
    case OID.ecdsa: {
      const curve = algorithm.tag === TAG.oid ? CURVES[oidText(algorithm.next().content)] : undefined;
      if (!curve) throw new DerError('x509: unsupported elliptic curve');
      if (bytes[0] !== 4 || bytes.length !== 1 + 2 * curve.size) {
        throw new DerError('x509: failed to unmarshal elliptic curve point');
      }
      return { type: 'ECDSA', spki, curve };
    }
    case OID.ed25519:
      if (!algorithm.isEmpty) throw new DerError('x509: Ed25519 key encoded with illegal parameters');
      if (bytes.length !== 32) throw new DerError('x509: wrong Ed25519 public key size');
      return { type: 'Ed25519', spki };
  }
  return { type: 'unknown', spki };
}

function checkRSA(bytes: Uint8Array): void {
  const numbers = new DerReader(bytes).inside(TAG.sequence);
  for (const what of ['modulus', 'public exponent']) {
    const { content } = numbers.next(TAG.integer);
    if (content.length === 0 || (content[0] as number) & 0x80 || content.every((byte) => byte === 0)) {
      throw new DerError(`x509: RSA ${what} is not a positive number`);
    }
  }
}

interface SignatureAlgorithm {
  key: 'RSA' | 'ECDSA' | 'Ed25519';
  hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
}

const SIGNATURES: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.5': { key: 'RSA', hash: 'SHA-1' },
  '1.2.840.113549.1.1.11': { key: 'RSA', hash: 'SHA-256' },
  '1.2.840.113549.1.1.12': { key: 'RSA', hash: 'SHA-384' },
  '1.2.840.113549.1.1.13': { key: 'RSA', hash: 'SHA-512' },
  '1.2.840.10045.4.1': { key: 'ECDSA', hash: 'SHA-1' },
  [OID.ecdsaWithSHA256]: { key: 'ECDSA', hash: 'SHA-256' },
  '1.2.840.10045.4.3.3': { key: 'ECDSA', hash: 'SHA-384' },
  '1.2.840.10045.4.3.4': { key: 'ECDSA', hash: 'SHA-512' },
  [OID.ed25519]: { key: 'Ed25519' },
};
const PSS_HASHES: Readonly<Record<string, { hash: string; saltLength: number }>> = {
  '2.16.840.1.101.3.4.2.1': { hash: 'SHA-256', saltLength: 32 },
  '2.16.840.1.101.3.4.2.2': { hash: 'SHA-384', saltLength: 48 },
  '2.16.840.1.101.3.4.2.3': { hash: 'SHA-512', saltLength: 64 },
};
const GO_TYPES = { RSA: '*rsa.PublicKey', ECDSA: '*ecdsa.PublicKey', Ed25519: 'ed25519.PublicKey' } as const;
const UNSUPPORTED = 'x509: cannot verify signature: algorithm unimplemented';

/** The check of a signature, as WebCrypto takes it; `failure` is the text for one that is not good. */
export interface Verification {
  importAs: { name: string; hash?: string; namedCurve?: string };
  verifyAs: { name: string; hash?: string; saltLength?: number };
  /** ECDSA signatures are two numbers in DER; WebCrypto takes them one behind the other. */
  signature: Uint8Array<ArrayBuffer>;
  failure: string;
}

/** Throws a DerError for what cannot be verified. */
export function verificationOf(
  { type, curve }: PublicKey,
  algorithm: { oid: string; parameters: Uint8Array },
  signature: Uint8Array<ArrayBuffer>,
): Verification {
  if (type === 'RSA' && algorithm.oid === OID.rsaPSS) {
    const pss = pssOf(algorithm.parameters);
    return {
      importAs: { name: 'RSA-PSS', hash: pss.hash },
      verifyAs: { name: 'RSA-PSS', saltLength: pss.saltLength },
      signature,
      failure: 'crypto/rsa: verification error',
    };
  }
  const found = SIGNATURES[algorithm.oid];
  if (type === 'unknown' || !found) throw new DerError(UNSUPPORTED);
  if (found.key !== type) {
    throw new DerError(
      `x509: signature algorithm specifies an ${found.key} public key, but have public key of type ${GO_TYPES[type]}`,
    );
  }
  const { hash } = found;
  if (type === 'RSA') {
    const name = 'RSASSA-PKCS1-v1_5';
    return { importAs: { name, hash }, verifyAs: { name }, signature, failure: 'crypto/rsa: verification error' };
  }
  const failure = `x509: ${type} verification failure`;
  if (type === 'Ed25519' || !curve) {
    return { importAs: { name: type }, verifyAs: { name: type }, signature, failure };
  }
  return {
    importAs: { name: type, namedCurve: curve.name },
    verifyAs: { name: type, hash },
    signature: rawSignature(signature, curve.size, failure),
    failure,
  };
}

/** The hash that RSASSA-PSS-params name first; others are SHA-1, which Go does not take here. */
function pssOf(parameters: Uint8Array): { hash: string; saltLength: number } {
  try {
    const hash = new DerReader(parameters).inside(TAG.sequence).inside(0xa0).inside(TAG.sequence);
    const found = PSS_HASHES[oidText(hash.next(TAG.oid).content)];
    if (found) return found;
  } catch {
    // Reported beneath.
  }
  throw new DerError(UNSUPPORTED);
}

function rawSignature(der: Uint8Array, size: number, failure: string): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(2 * size);
  try {
    const numbers = new DerReader(der).inside(TAG.sequence);
    for (const end of [size, 2 * size]) {
      const { content } = numbers.next(TAG.integer);
      const magnitude = content[0] === 0 ? content.subarray(1) : content;
      raw.set(magnitude, end - magnitude.length);
      if (magnitude.length > size) throw new DerError(failure);
    }
  } catch {
    throw new DerError(failure);
  }
  return raw;
}
