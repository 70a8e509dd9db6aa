/** A deployment's sealing keys, from the text of its secret. */
import { ecb } from '@noble/ciphers/aes.js';
import { aesGcmSealer, type SealingKey } from '../store/aes-gcm-sealer.ts';
import type { Sealer } from '../store/sealer.ts';

/**
 * `text` is a key, 32 bytes in base64, or several separated by commas: the first seals, all open. So a key is replaced by
 * `NEW,OLD`, until every Secret was written again. Throws when it is none of that.
 */
export function sealerOf(text: string, randomBytes: (length: number) => Uint8Array): Sealer {
  const [first, ...others] = text.split(',').map((part) => keyOf(part.trim()));
  return aesGcmSealer([first as SealingKey, ...others], randomBytes);
}

function keyOf(text: string): SealingKey {
  let secret: Uint8Array;
  try {
    secret = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Error('ISLET_SEALING_KEY is no base64');
  }
  if (secret.length !== 32) throw new Error(`ISLET_SEALING_KEY must have 32 bytes, not ${secret.length}`);
  return { id: checkValue(secret), secret };
}

/**
 * Names a key by four bytes of a block encrypted with it, which tell nothing of the key. The block is not that of zeros,
 * which GCM keeps secret.
 */
function checkValue(secret: Uint8Array): string {
  const block = ecb(secret, { disablePadding: true }).encrypt(new Uint8Array(16).fill(0x69));
  return Array.from(block.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
