/** An authenticator without hardware: makes passkeys and signs with them, or does it wrong on demand. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** Deviations from a right answer, for tests that expect a refusal. */
interface Faults {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** The counter that is sent. */
  counter?: number;
  /** The user was not verified by a fingerprint or a PIN. */
  unverified?: boolean;
  /** An attestation with a certificate. */
  certificate?: boolean;
}

interface Kept {
  id: string;
  privateKey: KeyObject;
  userHandle: string;
}

const FLAGS = { present: 0x01, verified: 0x04, mayBackUp: 0x08, backedUp: 0x10, attested: 0x40 };

export class Authenticator {
  readonly #origin: string;
  readonly #kept: Kept[] = [];
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  make(options: PublicKeyCredentialCreationOptionsJSON, faults: Faults = {}): RegistrationResponseJSON {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(16);
    this.#kept.push({ id: text(id), privateKey, userHandle: options.user.id });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const key = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ]),
    );
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
    const authData = this.#data(
      options.rp.id ?? '',
      FLAGS.attested | FLAGS.mayBackUp | FLAGS.backedUp,
      faults,
      attested,
    );
    const statement = faults.certificate ? new Map([['x5c', [randomBytes(32)]]]) : new Map();
    const attestation = new Map<string, unknown>([
      ['fmt', faults.certificate ? 'packed' : 'none'],
      ['attStmt', statement],
      ['authData', new Uint8Array(authData)],
    ]);
    return {
      id: text(id),
      rawId: text(id),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#client('webauthn.create', options.challenge, faults),
        attestationObject: text(isoCBOR.encode(attestation as never)),
        transports: ['internal', 'hybrid'],
      },
    };
  }

  /** With the passkey that was made last. */
  sign(options: PublicKeyCredentialRequestOptionsJSON, faults: Faults = {}): AuthenticationResponseJSON {
    const kept = this.#kept.at(-1);
    if (!kept) throw new Error('there is no passkey');
    const { id, privateKey, userHandle } = kept;
    this.counter++;
    const data = this.#data(options.rpId ?? '', FLAGS.mayBackUp | FLAGS.backedUp, faults);
    const client = this.#client('webauthn.get', options.challenge, faults);
    const hash = createHash('sha256').update(bytes(client)).digest();
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        authenticatorData: text(data),
        clientDataJSON: client,
        signature: text(sign('sha256', Buffer.concat([data, hash]), privateKey)),
        userHandle,
      },
    };
  }

  #data(rpId: string, flags: number, { counter = this.counter, unverified, ...faults }: Faults, rest?: Buffer): Buffer {
    const hash = createHash('sha256')
      .update(faults.rpId ?? rpId)
      .digest();
    const all = flags | FLAGS.present | (unverified ? 0 : FLAGS.verified);
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(counter);
    return Buffer.concat([hash, Buffer.from([all]), counted, rest ?? Buffer.alloc(0)]);
  }

  #client(type: string, challenge: string, faults: Faults): string {
    const client = { type, challenge: faults.challenge ?? challenge, origin: faults.origin ?? this.#origin };
    return text(Buffer.from(JSON.stringify({ ...client, crossOrigin: false })));
  }
}

function text(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}
