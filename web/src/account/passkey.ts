/** Passkeys in this browser (WebAuthn): made and used through the browser's own JSON forms. */
import { UNKNOWN_PASSKEY } from '../../../wire/ways-in-rpc.ts';
import { ApiError } from '../api/request.ts';
import { service } from '../api/session.ts';

interface Asked<Options> {
  /** Goes back with the answer. */
  challenge: string;
  options: Options;
}

/** Why there are no passkeys on this page; undefined where there are. */
export function whyNone(): 'browser' | 'address' | undefined {
  // An IP address is no relying party's name.
  if (/^[\d.]+$|^\[/.test(location.hostname)) return 'address';
  return typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function' ? undefined : 'browser';
}

/** A passkey for the account that is signed in; else for a new one of a person of this name. */
export async function makePasskey(label: string, name = ''): Promise<void> {
  const path = '/islet/v1/passkeys';
  const asked = await service.post<Asked<PublicKeyCredentialCreationOptionsJSON>>(`${path}/options`, { name });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options);
  const made = await navigator.credentials.create({ publicKey });
  await service.post(path, { challenge: asked.challenge, response: answerOf(made), label, name });
}

/** Signs in. `only`: the ids of the passkeys that may be used; the person chooses among all when left out. */
export async function usePasskey(only?: readonly string[]): Promise<void> {
  const path = '/islet/v1/session/passkey';
  const asked = await service.post<Asked<PublicKeyCredentialRequestOptionsJSON>>(`${path}/options`, {});
  const allowCredentials = only?.map((id) => ({ id, type: 'public-key' as const }));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
    ...asked.options,
    ...(allowCredentials && { allowCredentials }),
  });
  const used = await navigator.credentials.get({ publicKey });
  try {
    await service.post(path, { challenge: asked.challenge, response: answerOf(used) });
  } catch (error) {
    if (used && leadsNowhere(error)) await forget(used.id);
    throw error;
  }
}

function answerOf(credential: Credential | null): unknown {
  return (credential as PublicKeyCredential | null)?.toJSON();
}

function leadsNowhere(error: unknown): boolean {
  return error instanceof ApiError && error.causes.some(({ reason }) => reason === UNKNOWN_PASSKEY);
}

/** The browser's password manager need not offer the passkey again. */
async function forget(credentialId: string): Promise<void> {
  const told = { rpId: location.hostname, credentialId };
  await globalThis.PublicKeyCredential?.signalUnknownCredential?.(told).catch(() => {});
}

/** Tells the browser's password manager which passkeys there still are, where it listens. */
export async function tellPasskeys(account: string, ids: readonly string[]): Promise<void> {
  const userId = btoa(account).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const told = { rpId: location.hostname, userId, allAcceptedCredentialIds: [...ids] };
  await globalThis.PublicKeyCredential?.signalAllAcceptedCredentials?.(told).catch(() => {});
}
