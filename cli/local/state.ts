/** The state folder, made on the first run with its secrets. */
import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { writePrivate } from '../../agent/files/write-private.ts';
import { createAuthority, isPair, isServerGood, issueServer, type KeyPairPem } from './certificates.ts';
import { makeFolder } from './make-folder.ts';
import { stateFiles } from './paths.ts';
import { keptService } from './service-file.ts';
import { fail } from './user-error.ts';

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
  makeWritable(folder);
  makeWritable(stateFiles(folder).objects);
  return realpathSync(folder);
}

/** Makes the folder where there is none, for its owner alone. */
export function makeWritable(folder: string): void {
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    fail(`cannot write to ${folder}: choose another folder with --state DIR, or change its permissions`);
  }
}

/**
 * Reads what is in the folder, and makes what is missing: only for the holder of its lock, or two first starts would
 * overwrite each other's keys. `hosts` are what the server certificate must name, `now` is milliseconds since the
 * epoch.
 */
export async function prepareState(folder: string, hosts: readonly string[], now: number): Promise<State> {
  const files = stateFiles(folder);
  const [secret, signingKey, sealingKey, authority] = await Promise.all([
    // A new one takes the place of a lost one: the service is given its digest at each start.
    once(
      files.bootstrapSecret,
      async () => newBootstrapSecret(folder),
      (text) => text !== '',
    ),
    once(files.signingKey, newSigningKey),
    once(files.sealingKey, async () => newSealingKey()),
    keptPair(files.caCertificate, files.caKey, () => createAuthority(now)),
  ]);
  if (!isSigningKey(signingKey)) {
    damaged(files.signingKey, 'a new one is made, and all tokens and kubeconfigs of now are worthless');
  }
  if (Buffer.from(sealingKey, 'base64').length !== 32) {
    damaged(files.sealingKey, 'a new one is made, and Secrets written until now cannot be read');
  }
  if (!isPair(authority)) {
    const both = `${files.caCertificate} and ${files.caKey}`;
    damaged(both, 'new ones are made, and kubeconfigs and nodes of now do not trust them');
  }
  await keptPair(
    files.serverCertificate,
    files.serverKey,
    () => issueServer(authority, hosts, now),
    (pair) => isPair(pair) && isServerGood(pair.certificate, authority.certificate, hosts, now),
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

/** The service knows the digest already where the service file of an earlier version has it. */
function newBootstrapSecret(folder: string): string {
  const { secret } = (keptService(folder) ?? {}) as { secret?: string };
  return secret || randomBytes(32).toString('base64url');
}

function isSigningKey(text: string): boolean {
  try {
    const key = JSON.parse(text) as { kid?: string };
    return Boolean(key.kid) && createPrivateKey({ key, format: 'jwk' }).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

function damaged(file: string, without: string): never {
  fail(`${file}: damaged. Put back a copy, or remove it: then ${without}`);
}

async function once(
  file: string,
  make: () => Promise<string>,
  isGood: (text: string) => boolean = () => true,
): Promise<string> {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (isGood(kept)) return kept;
  }
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
