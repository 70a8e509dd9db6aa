/**
 * The cluster's own certificate authority: a P-256 key, made when it is first needed and kept beside the objects, sealed
 * as Secrets are (docs/decisions/2026-11-26-a-certificate-authority-per-cluster.md). It signs as upstream's
 * `pkg/controller/certificates/{signer,authority}` do.
 */
import { parseRequest } from '../../../kube/kinds/certificates/request.ts';
import { keptUnlessRejected } from '../../../kube/machinery/kept-promise.ts';
import type { CertificateSigningRequest } from '../../../kube/types.ts';
import {
  type CertificateTemplate,
  certificateToSign,
  printPem,
  publicKeyBits,
  signedCertificate,
} from '../../../kube/x509/certificate.ts';
import { commonName, type Name } from '../../../kube/x509/name.ts';
import type { Clock, NotePort } from '../runtime/ports.ts';
import { certificateUsages } from './usages.ts';

export interface AuthorityPorts {
  notes: NotePort;
  /** Synchronous; either may throw. `name` is bound to the sealed text. */
  seal(name: string, text: string): string | Uint8Array;
  open(name: string, sealed: string | Uint8Array): string;
  clock: Clock;
  crypto: Pick<Crypto, 'subtle' | 'getRandomValues'>;
}

export interface CertificateAuthority {
  /** The certificate for a request that was approved, as `status.certificate` has it: PEM in base64. */
  sign(request: CertificateSigningRequest): Promise<string>;
  /** The authority's own certificate, PEM. */
  certificate(): Promise<string>;
  /** A key and the certificate of a client of that name, PEM: made once in the object's life. */
  clientPair(name: string): Promise<KeyPair>;
  /**
   * A certificate of a client of that name, PEM, that counts for minutes. `spki`: the public part of a key that only the
   * client has, base64.
   */
  clientCertificate(name: string, spki: string): Promise<string>;
}

export interface KeyPair {
  cert: string;
  key: string;
}

type Ports = AuthorityPorts & { note: string; name: Name };

interface Authority {
  certificate: string;
  /** Milliseconds since the epoch. */
  notAfter: number;
  keyId: Uint8Array;
  key: CryptoKey;
}

/** The kept form: the private key as PKCS #8 in base64, beside the certificate as PEM. */
interface Kept {
  certificate: string;
  notAfter: number;
  keyId: string;
  key: string;
}

/** The note that it is kept in, and its name. */
export interface AuthorityIdentity {
  note: string;
  commonName: string;
}

const CLUSTER_AUTHORITY: AuthorityIdentity = { note: 'certificate-authority', commonName: 'kubernetes' };
/** Signs what the API server shows to aggregated APIs (kubeadm's `front-proxy-ca`). */
export const FRONT_PROXY_AUTHORITY: AuthorityIdentity = { note: 'front-proxy-authority', commonName: 'front-proxy-ca' };
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGN = { name: 'ECDSA', hash: 'SHA-256' } as const;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AUTHORITY_LIFE = 3650 * DAY;
/** upstream's `--cluster-signing-duration` */
const MAX_LIFE = 365 * DAY;
const MIN_LIFE = 10 * MINUTE;
const BACKDATE = 5 * MINUTE;
/** The life of a certificate for another's key; in its second half a new one is issued. */
const CLIENT_LIFE = 10 * MINUTE;
/** Certificates that live shorter keep their whole life after now. */
const SHORT = 8 * HOUR;
const SERIAL_BYTES = 16;
/** Bits of KeyUsage: digitalSignature, keyCertSign. */
const AUTHORITY_USAGES = [0, 5];

export function createAuthority(given: AuthorityPorts, identity = CLUSTER_AUTHORITY): CertificateAuthority {
  const ports: Ports = { ...given, note: identity.note, name: commonName(identity.commonName) };
  const pairs = new Map<string, Promise<KeyPair>>();
  const issued = new Map<string, { cert: Promise<string>; renewAt: number }>();
  let opened: Promise<Authority> | undefined;
  const authority = (): Promise<Authority> => {
    opened ??= open(ports).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    certificate: async () => (await authority()).certificate,
    async sign(request) {
      const signer = await authority();
      const template = templateOf(request, signer, ports.clock.now(), randomBytes(ports), ports.name);
      return btoa(await issue(ports, template, signer.key));
    },
    clientPair(name) {
      return keptUnlessRejected(pairs, name, async () => issuePair(ports, await authority(), name));
    },
    async clientCertificate(name, spki) {
      const now = ports.clock.now();
      for (const [key, { renewAt }] of issued) if (renewAt <= now) issued.delete(key);
      const id = `${name} ${spki}`;
      let known = issued.get(id);
      if (!known) {
        const cert = authority().then((signer) => issueClient(ports, signer, name, bytesOf(spki), CLIENT_LIFE));
        known = { cert, renewAt: now + CLIENT_LIFE / 2 };
        cert.catch(() => issued.delete(id));
        issued.set(id, known);
      }
      return known.cert;
    },
  };
}

function randomBytes({ crypto }: AuthorityPorts): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  // Positive, and of full length.
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}

/** Throws when the authority has expired, or the request cannot be read. */
export function templateOf(
  { spec }: CertificateSigningRequest,
  authority: { notAfter: number; keyId: Uint8Array },
  now: number,
  serialNumber: Uint8Array,
  issuer = commonName(CLUSTER_AUTHORITY.commonName),
): CertificateTemplate {
  const { subject, publicKey, dnsNames, emailAddresses, ipAddresses, uris } = parseRequest(spec.request);
  if (now >= authority.notAfter) {
    throw new Error(`refusing to sign a certificate that expired in the past: NotAfter=${authority.notAfter}`);
  }
  const life = lifeOf(spec.expirationSeconds);
  return {
    serialNumber,
    issuer,
    subject,
    notBefore: now - BACKDATE,
    notAfter: Math.min(now + (life < SHORT ? life : life - BACKDATE), authority.notAfter),
    spki: publicKey.spki,
    ...certificateUsages(spec.usages ?? []),
    authorityKeyId: authority.keyId,
    dnsNames,
    emailAddresses,
    ipAddresses,
    uris,
  };
}

function lifeOf(seconds: number | undefined | null): number {
  if (seconds === undefined || seconds === null) return MAX_LIFE;
  return Math.min(Math.max(seconds * 1000, MIN_LIFE), MAX_LIFE);
}

async function issue({ crypto }: Ports, template: CertificateTemplate, key: CryptoKey): Promise<string> {
  const toSign = certificateToSign(template);
  const signature = new Uint8Array(await crypto.subtle.sign(SIGN, key, toSign));
  return printPem('CERTIFICATE', signedCertificate(toSign, signature));
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** `life` in milliseconds. */
function issueClient(ports: Ports, signer: Authority, name: string, spki: Uint8Array, life: number): Promise<string> {
  const now = ports.clock.now();
  const template = {
    serialNumber: randomBytes(ports),
    issuer: ports.name,
    subject: commonName(name),
    notBefore: now - BACKDATE,
    notAfter: Math.min(now + life, signer.notAfter),
    spki,
    keyUsages: [0],
    extendedKeyUsages: [CLIENT_AUTH],
    authorityKeyId: signer.keyId,
  };
  return issue(ports, template, signer.key);
}

async function issuePair(ports: Ports, signer: Authority, name: string): Promise<KeyPair> {
  const { subtle } = ports.crypto;
  const keys = (await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
  const spki = new Uint8Array((await subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer);
  const cert = await issueClient(ports, signer, name, spki, MAX_LIFE);
  const pkcs8 = new Uint8Array((await subtle.exportKey('pkcs8', keys.privateKey)) as ArrayBuffer);
  return { cert, key: printPem('PRIVATE KEY', pkcs8) };
}

async function open(ports: Ports): Promise<Authority> {
  const note = ports.notes.read(ports.note);
  if (note === undefined) return create(ports);
  const text = ports.open(ports.note, note.startsWith('{') ? note : bytesOf(note));
  // Sealed anew each time, so that a sealing key can be replaced.
  keep(ports, text);
  const kept = JSON.parse(text) as Kept;
  const key = await ports.crypto.subtle.importKey('pkcs8', bytesOf(kept.key), ALGORITHM, false, ['sign']);
  return { certificate: kept.certificate, notAfter: kept.notAfter, keyId: bytesOf(kept.keyId), key };
}

async function create(ports: Ports): Promise<Authority> {
  const { subtle } = ports.crypto;
  const keys = (await subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
  const spki = new Uint8Array((await subtle.exportKey('spki', keys.publicKey)) as ArrayBuffer);
  const keyId = new Uint8Array(await subtle.digest('SHA-1', publicKeyBits(spki).slice()));
  const now = ports.clock.now();
  // A certificate says whole seconds.
  const notAfter = Math.floor((now + AUTHORITY_LIFE) / 1000) * 1000;
  const certificate = await issue(
    ports,
    {
      serialNumber: randomBytes(ports),
      issuer: ports.name,
      subject: ports.name,
      notBefore: now - BACKDATE,
      notAfter,
      spki,
      keyUsages: AUTHORITY_USAGES,
      isCA: true,
      subjectKeyId: keyId,
    },
    keys.privateKey,
  );
  const key = base64Of(new Uint8Array((await subtle.exportKey('pkcs8', keys.privateKey)) as ArrayBuffer));
  const kept: Kept = { certificate, notAfter, keyId: base64Of(keyId), key };
  keep(ports, JSON.stringify(kept));
  return { certificate, notAfter, keyId, key: keys.privateKey };
}

function keep({ notes, seal, note }: Ports, text: string): void {
  const sealed = seal(note, text);
  notes.write(note, typeof sealed === 'string' ? sealed : base64Of(sealed));
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
