/** For tests: the tokens of a cluster, with keys of this process. */
import { generateKeyPairSync } from 'node:crypto';
import { type KeySet, keySetFrom } from '../../../wire/tokens.ts';
import type { IdentityPorts } from '../server.ts';

export function testKeys(kid = 'test'): KeySet {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return keySetFrom(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid }));
}

let shared: KeySet | undefined;

export function testIdentity(over: Partial<IdentityPorts> = {}): IdentityPorts {
  return {
    cluster: { id: 'abcdefghij', account: 'alice' },
    keys: () => {
      shared ??= testKeys();
      return shared;
    },
    isRevoked: () => false,
    roleOf: () => undefined,
    hasToken: async () => true,
    ...over,
  };
}
