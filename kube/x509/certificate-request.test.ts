import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequest } from '../kinds/certificates/request.ts';
import { JANE, MASTERS, NODE_SERVING, P384, P521, PSS, RICH } from '../testing/certificate-requests.ts';
import { certificateToSign } from './certificate.ts';
import { GENERAL_NAME, parseCertificateRequest } from './certificate-request.ts';
import {
  ascii,
  bitString,
  concat,
  DerError,
  DerReader,
  integer,
  oid,
  oidText,
  sequence,
  TAG,
  time,
  timeOf,
  value,
} from './der.ts';
import { commonNameOf, organizationsOf, parseName, printName } from './name.ts';
import { verificationOf } from './public-key.ts';

/** As Go's `x509.ParseCertificateRequest` says. */
test.each([
  [JANE, 'jane', ['dev'], { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] }],
  [MASTERS, 'jane', ['dev', 'system:masters'], {}],
  [NODE_SERVING, 'system:node:n1', ['system:nodes'], { dnsNames: ['n1'] }],
  [
    RICH,
    'jöhn',
    ['b', 'a'],
    {
      dnsNames: ['a.example.com'],
      emailAddresses: ['j@example.com'],
      ipAddresses: [Uint8Array.of(1, 2, 3, 4)],
      uris: ['spiffe://example.com/a'],
    },
  ],
])('%#: subject and names of a request', (request, name, organizations, names) => {
  const parsed = parseRequest(request);
  expect([commonNameOf(parsed.subject), organizationsOf(parsed.subject)]).toEqual([name, organizations]);
  expect(parsed).toMatchObject(names);
});

test.each([
  [JANE, 'ECDSA', 'SHA-256'],
  [P384, 'ECDSA', 'SHA-384'],
  [P521, 'ECDSA', 'SHA-512'],
  [PSS, 'RSA-PSS', undefined],
  [NODE_SERVING, 'Ed25519', undefined],
])('%#: how a signature is verified', (request, name, hash) => {
  const { publicKey, signatureAlgorithm, signature } = parseRequest(request);
  expect(verificationOf(publicKey, signatureAlgorithm, signature).verifyAs).toMatchObject({
    name,
    ...(hash && { hash }),
  });
});

test('a signature of another sort of key cannot be verified', () => {
  const { publicKey, signature } = parseRequest(JANE);
  const rsa = { oid: '1.2.840.113549.1.1.11', parameters: new Uint8Array() };
  expect(() => verificationOf(publicKey, rsa, signature)).toThrow(
    'x509: signature algorithm specifies an RSA public key, but have public key of type *ecdsa.PublicKey',
  );
  const md5 = { oid: '1.2.840.113549.1.1.4', parameters: new Uint8Array() };
  expect(() => verificationOf(publicKey, md5, signature)).toThrow('algorithm unimplemented');
});

test('any bytes are read as a certificate request, or refused with a DerError', () => {
  const good = parseRequest(RICH);
  const whole = sequence(good.signed, sequence(oid('1.2.3')), value(TAG.bitString, Uint8Array.of(0, 1)));
  const refusedOrRead = (der: Uint8Array): void => {
    try {
      parseCertificateRequest(der);
    } catch (error) {
      expect(error).toBeInstanceOf(DerError);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refusedOrRead), { numRuns: 300 });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = whole.slice();
      changed[at] = byte;
      refusedOrRead(changed);
    }),
    { numRuns: 1000 },
  );
});

test('a million values in a request are passed over, not kept', () => {
  const nulls = new Uint8Array(1_000_000).map((_, index) => (index % 2 === 0 ? 5 : 0));
  expect(() => parseCertificateRequest(sequence(nulls))).toThrow(DerError);
  const deep = new Uint8Array(1_000_000).fill(0x30);
  expect(() => parseCertificateRequest(deep)).toThrow(DerError);
});

test('as many names as a request has room for are read, and written into the certificate', () => {
  const count = 150_000;
  const names = sequence(concat(Array.from({ length: count }, () => value(GENERAL_NAME.dns, ascii('a')))));
  const extension = sequence(oid('2.5.29.17'), value(TAG.octetString, names));
  const attribute = sequence(oid('1.2.840.113549.1.9.14'), value(TAG.set, sequence(extension)));
  const { publicKey, signature } = parseRequest(JANE);
  const info = sequence(integer(Uint8Array.of(0)), sequence(), publicKey.spki, value(0xa0, attribute));
  const parsed = parseCertificateRequest(sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bitString(signature)));
  expect(parsed.dnsNames).toHaveLength(count);
  const template = { ...parsed, issuer: parsed.subject, serialNumber: Uint8Array.of(1), notBefore: 0, notAfter: 1 };
  expect(certificateToSign({ ...template, spki: publicKey.spki, keyUsages: [0] }).length).toBeGreaterThan(3 * count);
});

test.each([
  [[0x30, 0x80, 0, 0], 'indefinite length'],
  [[0x30, 0x81, 0x05, 0, 0, 0, 0, 0], 'non-minimal length'],
  [[0x30, 0x82, 0, 0x90], 'superfluous leading zeros'],
  [[0x30, 0x85, 1, 1, 1, 1, 1], 'length too large'],
  [[0x30, 2, 0], 'data truncated'],
  [[0x31, 0], "tags don't match"],
])('%j is no DER: %s', (bytes, why) => {
  expect(() => new DerReader(Uint8Array.from(bytes)).next(TAG.sequence)).toThrow(why);
});

test('DER values are read as they were written', () => {
  const arc = fc.nat(0x7fffffff);
  fc.assert(
    fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 6 }), (first, second, rest) => {
      const text = [first, second, ...rest].join('.');
      expect(oidText(new DerReader(oid(text)).next(TAG.oid).content)).toBe(text);
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1950, 0), max: Date.UTC(9999, 0) }), (at) => {
      const second = Math.floor(at / 1000) * 1000;
      expect(timeOf(new DerReader(time(second)).next())).toBe(second);
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), (organizations) => {
      const name = { attributes: new Map([['2.5.4.10', organizations]]) };
      expect([...organizationsOf(parseName(printName(name)))].sort()).toEqual([...organizations].sort());
    }),
    { numRuns: 100 },
  );
});
