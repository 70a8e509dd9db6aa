/** The account page's requests to the service. */
import type { AccountCredential, Profile } from '../../../wire/account-rpc.ts';
import type { Passkey, RecoveryCodes } from '../../../wire/ways-in-rpc.ts';
import { ApiError } from '../api/request.ts';
import { type ClusterRef, listClusters, service, signedOut } from '../api/session.ts';
import { drafts } from '../editor/create/drafts.ts';
import { forgetUnsaved } from '../editor/edit/unsaved.ts';
import { notify } from '../ui/notices.tsx';

export type { AccountCredential, Passkey, Profile, RecoveryCodes };

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
export async function visit(): Promise<ClusterRef[]> {
  const cluster = { name: 'default' };
  const { problem } = await service.post<{ problem?: { message: string } }>('/islet/v1/session/visitor', { cluster });
  // Without a cluster the page offers to create one.
  if (problem) notify(problem.message, { tone: 'bad' });
  return firstLook();
}

/** The browser has not kept the session's cookie. */
export class NoCookie extends Error {}

/** The clusters of a person who has just signed in. Throws {@link NoCookie} where that has left no session. */
export async function firstLook(): Promise<ClusterRef[]> {
  try {
    return await listClusters();
  } catch (error) {
    throw error instanceof ApiError && error.code === 401 ? new NoCookie() : error;
  }
}

export async function signOut(): Promise<void> {
  await service.delete('/islet/v1/session');
  await import('../kubectl/terminal/world.ts').then(({ forget }) => forget()).catch(() => {});
  drafts.clear();
  forgetUnsaved();
  signedOut.value = 'left';
}
