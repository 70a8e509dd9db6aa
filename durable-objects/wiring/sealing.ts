/** A deployment's sealing keys, from the text of its secret. */
import { aesGcmSealer, type SealingKey } from '../store/aes-gcm-sealer.ts';
import type { Sealer } from '../store/sealer.ts';

/** The id of a key that is given without one. */
const FIRST_ID = '1';

/**
 * `text` is a key, 32 bytes in base64, or several as `id:key` separated by commas: the first seals, all open. So a key is
 * replaced by `2:NEW,OLD`, where the old one had no id. Throws when it is none of that.
 */
export function sealerOf(text: string, randomBytes: (length: number) => Uint8Array): Sealer {
  const [first, ...others] = text.split(',').map((part) => keyOf(part.trim()));
  return aesGcmSealer([first as SealingKey, ...others], randomBytes);
}

function keyOf(text: string): SealingKey {
  const colon = text.indexOf(':');
  const id = colon < 0 ? FIRST_ID : text.slice(0, colon);
  let secret: Uint8Array;
  try {
    secret = Uint8Array.from(atob(text.slice(colon + 1)), (character) => character.charCodeAt(0));
  } catch {
    throw new Error(`ISLET_SEALING_KEY: key ${id} is no base64`);
  }
  return { id, secret };
}
