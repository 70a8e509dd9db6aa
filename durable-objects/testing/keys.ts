/** A key set of this process, for tests of tokens. */
import { generateKeyPairSync } from 'node:crypto';
import { keySetFrom } from '../../wire/tokens.ts';

const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

export const TestKeys = keySetFrom(JSON.stringify({ ...privateKey, alg: 'ES256' }));
