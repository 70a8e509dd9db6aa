/**
 * The key of the certificates with which aggregated APIs know that a call is the cluster's. It is made anew with each
 * agent, and its private part stays in this process (docs/decisions/2026-11-27-the-front-proxys-key.md).
 */
import { generateKeyPairSync } from 'node:crypto';
import type { StreamSpec } from '../../wire/stream.ts';

export interface ClientKey {
  /** SPKI, base64. */
  publicKey: string;
  /** PKCS #8, PEM. */
  privateKey: string;
}

export function makeClientKey(): ClientKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey };
}

type HttpSpec = Extract<StreamSpec, { kind: 'http' }>;

/** The call, with the key where the cluster sent a certificate without one. */
export function withKey(spec: HttpSpec, { privateKey }: ClientKey): HttpSpec {
  const { target } = spec;
  const client = target.tls?.client;
  if (!client) return spec;
  return { ...spec, target: { ...target, tls: { ...target.tls, client: { ...client, key: privateKey } } } };
}
