/**
 * AES-256-GCM. Envelope: `[1][length of key id][key id][12 bytes nonce][ciphertext and tag]`. The object's key is the
 * associated data, so that a value can't be moved to another Secret. New values are sealed with the first key; all keys
 * open, which is how keys rotate: put the new one first, rewrite the Secrets, drop the old one. Values that were stored
 * before sealing began are text, and open as they are.
 */
import { gcm } from '@noble/ciphers/aes.js';
import type { Key } from '../../kube/machinery/resource.ts';
import type { Sealer } from './sealer.ts';

export interface SealingKey {
  /** At most 255 bytes in UTF-8. */
  id: string;
  /** 32 bytes. */
  secret: Uint8Array;
}

const VERSION = 1;
const NONCE_BYTES = 12;

export function aesGcmSealer(
  keys: readonly [SealingKey, ...SealingKey[]],
  randomBytes: (length: number) => Uint8Array,
): Sealer {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  for (const { id, secret } of keys) {
    if (secret.length !== 32) throw new Error(`sealing key ${id} must have 32 bytes, not ${secret.length}`);
    if (encoder.encode(id).length > 255) throw new Error(`the id of sealing key ${id} is longer than 255 bytes`);
  }
  const secrets = new Map(keys.map(({ id, secret }) => [id, secret]));
  if (secrets.size !== keys.length) throw new Error('two sealing keys have one id');
  const [{ id, secret }] = keys;
  const keyId = encoder.encode(id);

  return {
    seal(key: Key, text: string): Uint8Array {
      const nonce = randomBytes(NONCE_BYTES);
      const sealed = gcm(secret, nonce, encoder.encode(key)).encrypt(encoder.encode(text));
      const envelope = new Uint8Array(2 + keyId.length + NONCE_BYTES + sealed.length);
      envelope.set([VERSION, keyId.length]);
      envelope.set(keyId, 2);
      envelope.set(nonce, 2 + keyId.length);
      envelope.set(sealed, 2 + keyId.length + NONCE_BYTES);
      return envelope;
    },
    open(key: Key, envelope: string | Uint8Array): string {
      if (typeof envelope === 'string') return envelope;
      if (envelope[0] !== VERSION) throw new Error('it is sealed in a form this build does not know');
      const nonceAt = 2 + (envelope[1] ?? 0);
      const id = decoder.decode(envelope.subarray(2, nonceAt));
      const secret = secrets.get(id);
      if (!secret) throw new Error(`it is sealed with key ${JSON.stringify(id)}, which is not configured`);
      const textAt = nonceAt + NONCE_BYTES;
      const nonce = envelope.subarray(nonceAt, textAt);
      return decoder.decode(gcm(secret, nonce, encoder.encode(key)).decrypt(envelope.subarray(textAt)));
    },
  };
}
