/** The state folder, made on the first run with its secrets. */
import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createAuthority, isServerGood, issueServer, type KeyPairPem } from './certificates.ts';
import { stateFiles } from './paths.ts';
import { fail } from './user-error.ts';
import { writePrivate } from './write-private.ts';

export interface State {
  /** Private JWK. */
  signingKey: string;
  /** 32 bytes in base64. */
  sealingKey: string;
  /** Opens accounts. */
  secret: string;
  /** SHA-256 of the secret, hex: the service is given this. */
  secretHash: string;
  ca: string;
}

/** Makes the folder where there is none, and returns its real path. */
export function openFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    mkdirSync(stateFiles(folder).objects, { recursive: true, mode: 0o700 });
  } catch {
    fail(`cannot write to ${folder}: choose another folder with --state DIR, or change its permissions`);
  }
  return realpathSync(folder);
}

/**
 * Reads what is in the folder, and makes what is missing: only for the holder of its lock, or two first starts would
 * overwrite each other's keys. `hosts` are what the server certificate must name, `now` is milliseconds since the epoch.
 */
export async function prepareState(folder: string, hosts: readonly string[], now: number): Promise<State> {
  const files = stateFiles(folder);
  const [secret, signingKey, sealingKey, authority] = await Promise.all([
    once(files.bootstrapSecret, async () => newBootstrapSecret(folder)),
    once(files.signingKey, newSigningKey),
    once(files.sealingKey, async () => newSealingKey()),
    keptPair(files.caCertificate, files.caKey, () => createAuthority(now)),
  ]);
  await keptPair(
    files.serverCertificate,
    files.serverKey,
    () => issueServer(authority, hosts, now),
    (pair) => isServerGood(pair.certificate, authority.certificate, hosts, now),
  );
  const secretHash = createHash('sha256').update(secret).digest('hex');
  return { signingKey, sealingKey, secret, secretHash, ca: authority.certificate };
}

export async function newSigningKey(): Promise<string> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', keys.privateKey);
  return JSON.stringify({ kty, crv, x, y, d, kid: randomBytes(8).toString('hex'), alg: 'ES256' });
}

export const newSealingKey = (): string => randomBytes(32).toString('base64');

/** Where the service file of an earlier version has it, the service knows its digest already. */
function newBootstrapSecret(folder: string): string {
  const { service } = stateFiles(folder);
  if (existsSync(service)) {
    const { secret } = JSON.parse(readFileSync(service, 'utf8')) as { secret?: string };
    if (secret) return secret;
  }
  return randomBytes(32).toString('base64url');
}

async function once(file: string, make: () => Promise<string>): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const text = await make();
  writePrivate(file, `${text}\n`);
  return text;
}

async function keptPair(
  certificateFile: string,
  keyFile: string,
  make: () => Promise<KeyPairPem>,
  good: (pair: KeyPairPem) => boolean = () => true,
): Promise<KeyPairPem> {
  if (existsSync(certificateFile) && existsSync(keyFile)) {
    const pair = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    if (good(pair)) return pair;
  }
  const pair = await make();
  writePrivate(keyFile, pair.key);
  writePrivate(certificateFile, pair.certificate);
  return pair;
}
