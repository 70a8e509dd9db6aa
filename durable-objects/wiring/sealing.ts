/** A deployment's sealing keys, from the text of its secret. */
import { ecb } from '@noble/ciphers/aes.js';
import type { Key } from '../../kube/machinery/resource.ts';
import { aesGcmSealer, type SealingKey } from '../store/aes-gcm-sealer.ts';
import type { Sealer } from '../store/sealer.ts';

const ADVICE =
  'Secrets like this one cannot be used until ISLET_SEALING_KEY has their key again (NEW,OLD); all else goes on. ' +
  'kubectl delete --raw "PATH?ignoreStoreReadErrorWithClusterBreakingPotential=true" gives one up';

/**
 * `text` is a key, 32 bytes in base64, or several separated by commas: the first seals, all open. So a key is replaced
 * by `NEW,OLD`, until every Secret was written again. With a malformed text no Secret is written and none opened:
 * nothing may be stored unsealed by a slip, and the rest of the cluster goes on.
 */
export function sealerOf(text: string, randomBytes: (length: number) => Uint8Array): Sealer {
  try {
    const [first, ...others] = text.split(',').map((part) => keyOf(part.trim()));
    return aesGcmSealer([first as SealingKey, ...others], randomBytes);
  } catch (error) {
    const refuse = (): never => {
      throw error;
    };
    return { seal: refuse, open: refuse };
  }
}

/** Reports the first Secret that cannot be sealed or opened: there may be thousands, read again and again. */
export function reporting(sealer: Sealer, report: (problem: string) => void): Sealer {
  let reported = false;
  const watched = <T>(key: Key, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!reported) report(`${key}: ${(error as Error).message}. ${ADVICE}`);
      reported = true;
      throw error;
    }
  };
  return {
    seal: (key, text) => watched(key, () => sealer.seal(key, text)),
    open: (key, sealed) => watched(key, () => sealer.open(key, sealed)),
  };
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
 * Names a key by four bytes of a block encrypted with it, which tell nothing of the key. The block is not that of
 * zeros, which GCM keeps secret.
 */
function checkValue(secret: Uint8Array): string {
  const block = ecb(secret, { disablePadding: true }).encrypt(new Uint8Array(16).fill(0x69));
  return Array.from(block.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
