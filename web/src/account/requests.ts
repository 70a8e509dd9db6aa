/** What the account page asks of the service. */
import type { AccountCredential, Profile } from '../../../wire/account-rpc.ts';
import type { Passkey, RecoveryCodes } from '../../../wire/ways-in-rpc.ts';
import { ApiError } from '../api/request.ts';
import { loadPerson, service, signedOut } from '../api/session.ts';
import { notify } from '../ui/notices.tsx';

export type { AccountCredential, Passkey, Profile, RecoveryCodes };

/** The ways in which a person may sign in here, or begin. */
export interface Methods {
  visitors: boolean;
  signUp: boolean;
  /** Of OpenID Connect. */
  providers: { name: string; label: string }[];
  /** The service runs on a machine of its user. */
  local: boolean;
}

export const methods = () => service.get<Methods>('/islet/v1/session/methods');
export const rename = (name: string) => service.patch<Profile>('/islet/v1/profile', 'merge', { name });
export const recoveryCodes = () => service.get<RecoveryCodes>('/islet/v1/recovery-codes');

export async function listPasskeys(): Promise<Passkey[]> {
  return (await service.get<{ items: Passkey[] }>('/islet/v1/passkeys')).items;
}

export const renamePasskey = (id: string, label: string) =>
  service.patch<Passkey>(`/islet/v1/passkeys/${id}`, 'merge', { label });
export const removePasskey = (id: string) => service.delete<Passkey>(`/islet/v1/passkeys/${id}`);

export async function newRecoveryCodes(): Promise<string[]> {
  return (await service.post<{ codes: string[] }>('/islet/v1/recovery-codes', {})).codes;
}

/** Tokens and sessions, oldest first. */
export async function listCredentials(): Promise<AccountCredential[]> {
  return (await service.get<{ items: AccountCredential[] }>('/islet/v1/account-tokens')).items;
}

/** Newest first. */
export async function listSessions(): Promise<AccountCredential[]> {
  return (await listCredentials()).filter(({ kind }) => kind === 'session').reverse();
}

export const endSession = (id: string) => service.delete<AccountCredential>(`/islet/v1/account-tokens/${id}`);

export const useRecoveryCode = (code: string) => service.post('/islet/v1/session/recovery', { code });

/** An account of a visitor, with a first cluster. */
export async function visit(): Promise<void> {
  const cluster = { name: 'default' };
  const { problem } = await service.post<{ problem?: { message: string } }>('/islet/v1/session/visitor', { cluster });
  await checkCookie();
  // Without a cluster the page offers to create one.
  if (problem) notify(problem.message, { tone: 'bad' });
}

/** The browser has not kept the session's cookie. */
export class NoCookie extends Error {}

/** Throws {@link NoCookie} where a sign-in that succeeded has left no session. */
export async function checkCookie(): Promise<void> {
  await loadPerson().catch((error: unknown) => {
    throw isUnauthorized(error) ? new NoCookie() : error;
  });
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.code === 401;
}

export async function signOut(): Promise<void> {
  await service.delete('/islet/v1/session');
  signedOut.value = 'left';
}
