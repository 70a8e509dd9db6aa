/**
 * WebAuthn's checks of what an authenticator answered: challenge, origin, relying party, presence and verification of
 * the person, signature and counter (https://www.w3.org/TR/webauthn-3, 7.1 and 7.2). The library is loaded when the first
 * answer comes: most objects never see one.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isObject } from '../../../kube/machinery/json-object.ts';
import type { Ceremony } from '../../../wire/ways-in-rpc.ts';
import type { PasskeyRecord } from './passkeys.ts';

type Made = Pick<PasskeyRecord, 'id' | 'publicKey' | 'counter' | 'transports' | 'backedUp'>;
type Checked<T> = ({ ok: true } & T) | { ok: false; problem: string };

const TRANSPORT = /^[a-z-]{1,20}$/;
const MAX_TRANSPORTS = 8;
/** Bytes of a credential's id at most (WebAuthn, 4), in base64url. */
const MAX_ID = Math.ceil((1023 * 4) / 3);
const MAX_PROBLEM = 200;

/** The passkey that was made. */
export async function verifyMade(ceremony: Ceremony): Promise<Checked<{ made: Made }>> {
  return checked(async () => {
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const { response, expected } = await expectedOf<RegistrationResponseJSON>(ceremony);
    await refuseCertificates(response);
    const { verified, registrationInfo } = await verifyRegistrationResponse({ response, ...expected });
    if (!verified || !registrationInfo) throw new Error('it could not be verified');
    const { credential, credentialBackedUp } = registrationInfo;
    const { id, publicKey, counter } = credential;
    if (id.length > MAX_ID) throw new Error('its id is too long');
    const transports = (credential.transports ?? []).filter((each) => TRANSPORT.test(each)).slice(0, MAX_TRANSPORTS);
    return { made: { id, publicKey, counter, transports, backedUp: credentialBackedUp } };
  });
}

/** The state of a passkey after a sign-in, which its row is to have. */
export async function verifyUsed(
  ceremony: Ceremony,
  { id, publicKey, counter }: PasskeyRecord,
): Promise<Checked<{ counter: number; backedUp: boolean }>> {
  return checked(async () => {
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const { response, expected } = await expectedOf<AuthenticationResponseJSON>(ceremony);
    const credential = { id, publicKey, counter };
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({ response, ...expected, credential });
    if (!verified) throw new Error('its signature is wrong');
    return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  });
}

async function expectedOf<T>({ response, challenge, origin, rpId }: Ceremony) {
  const { isoBase64URL } = await import('@simplewebauthn/server/helpers');
  return {
    response: response as T,
    expected: {
      expectedChallenge: isoBase64URL.fromUTF8String(challenge),
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
    },
  };
}

/** No attestation is asked for. The library would fetch lists that certificates of one name, from any address. */
async function refuseCertificates({ response }: RegistrationResponseJSON): Promise<void> {
  const { decodeAttestationObject, isoBase64URL } = await import('@simplewebauthn/server/helpers');
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.attestationObject));
  const format = attestation.get('fmt');
  const isOwn = format === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
  if (format !== 'none' && !isOwn) throw new Error('it came with an attestation, and none was asked for');
}

/** Whether a body may be an answer of an authenticator at all. */
export function isAnswer(response: unknown): response is { id: string } {
  return isObject(response) && typeof response.id === 'string' && isObject(response.response);
}

async function checked<T>(check: () => Promise<T>): Promise<Checked<T>> {
  try {
    return { ok: true, ...(await check()) };
  } catch (error) {
    const { message } = error as Error;
    return { ok: false, problem: message.length > MAX_PROBLEM ? `${message.slice(0, MAX_PROBLEM)}…` : message };
  }
}
