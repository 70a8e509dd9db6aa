/** PKCS #10 requests, as Go's `x509.ParseCertificateRequest` reads them. */

import { bitStringBytes, DerError, DerReader, type DerValue, oidText, TAG } from './der.ts';
import { type Name, parseName } from './name.ts';
import { OID } from './oids.ts';
import { type PublicKey, parsePublicKey } from './public-key.ts';

/** Tags of GeneralName in RFC 5280, section 4.2.1.6. */
export const GENERAL_NAME = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

export interface AltNames {
  dnsNames: string[];
  emailAddresses: string[];
  /** 4 or 16 bytes each. */
  ipAddresses: Uint8Array[];
  uris: string[];
}

export interface CertificateRequest extends AltNames {
  subject: Name;
  publicKey: PublicKey;
  /** The bytes that are signed. */
  signed: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
  /** The whole AlgorithmIdentifier. */
  signatureAlgorithm: { oid: string; parameters: Uint8Array };
}

/** Throws a DerError with Go's text. */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const outer = new DerReader(der);
  const whole = outer.inside(TAG.sequence);
  outer.end();
  const signed = whole.next(TAG.sequence);
  const algorithm = whole.inside(TAG.sequence);
  const signatureAlgorithm = { oid: oidText(algorithm.next(TAG.oid).content), parameters: rest(algorithm) };
  const signature = bitStringBytes(whole.next(TAG.bitString).content);
  const info = new DerReader(signed.content);
  info.next(TAG.integer);
  const subject = info.next(TAG.sequence).full;
  const publicKey = parsePublicKey(info.next(TAG.sequence).full);
  // Go wants the attributes to be there, be they empty.
  const attributes = info.tag === undefined ? new DerReader(new Uint8Array()) : info.inside(0xa0);
  return {
    subject: parseName(subject),
    publicKey,
    signed: copy(signed.full),
    signature: copy(signature),
    signatureAlgorithm,
    ...altNames(attributes),
  };
}

function rest(reader: DerReader): Uint8Array {
  return reader.isEmpty ? new Uint8Array() : reader.next().full;
}

/** WebCrypto takes whole buffers. */
function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function altNames(attributes: DerReader): AltNames {
  const names: AltNames = { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };
  const seen = new Set<string>();
  while (!attributes.isEmpty) {
    const attribute = attributes.inside(TAG.sequence);
    if (oidText(attribute.next(TAG.oid).content) !== OID.extensionRequest) continue;
    const values = attribute.inside(TAG.set);
    if (values.isEmpty) continue;
    const extensions = values.inside(TAG.sequence);
    while (!extensions.isEmpty) {
      const extension = extensions.inside(TAG.sequence);
      const id = oidText(extension.next(TAG.oid).content);
      if (seen.has(id)) throw new DerError('x509: certificate request contains duplicate requested extensions');
      seen.add(id);
      if (extension.tag === 0x01) extension.next();
      const { content } = extension.next(TAG.octetString);
      if (id === OID.subjectAltName) addAltNames(names, content);
    }
  }
  return names;
}

function addAltNames(names: AltNames, der: Uint8Array): void {
  const all = new DerReader(der).inside(TAG.sequence);
  while (!all.isEmpty) {
    const value = all.next();
    switch (value.tag) {
      case GENERAL_NAME.email:
        names.emailAddresses.push(ia5(value, 'rfc822Name'));
        break;
      case GENERAL_NAME.dns:
        names.dnsNames.push(ia5(value, 'dNSName'));
        break;
      case GENERAL_NAME.uri:
        names.uris.push(ia5(value, 'uniformResourceIdentifier'));
        break;
      case GENERAL_NAME.ip: {
        const { content } = value;
        if (content.length !== 4 && content.length !== 16) {
          throw new DerError(`x509: cannot parse IP address of length ${content.length}`);
        }
        names.ipAddresses.push(content);
        break;
      }
    }
  }
}

function ia5({ text }: DerValue, what: string): string {
  if (/[^\0-\x7f]/.test(text)) throw new DerError(`x509: SAN ${what} is malformed`);
  return text;
}
