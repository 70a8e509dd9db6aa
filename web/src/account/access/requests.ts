/** Requests about tokens, identities, and programs that want to be let in. */
import type { AccountCredential } from '../../../../wire/account-rpc.ts';
import type { DeviceRequest } from '../../../../wire/device-rpc.ts';
import type { LinkedIdentity } from '../../../../wire/identity-rpc.ts';
import { errorFrom } from '../../api/request.ts';
import { service } from '../../api/session.ts';

export type { AccountCredential, LinkedIdentity };

export interface TokenSpec {
  label?: string;
  ttlSeconds: number;
  /** By name. */
  cluster?: string;
  readOnly?: boolean;
}

export interface AskedDevice extends DeviceRequest {
  userCode: string;
}

export async function listTokens(): Promise<AccountCredential[]> {
  const { items } = await service.get<{ items: AccountCredential[] }>('/islet/v1/account-tokens');
  return items.filter(({ kind }) => kind === 'token').reverse();
}

export async function createToken(spec: TokenSpec): Promise<string> {
  return (await service.post<{ token: string }>('/islet/v1/account-tokens', spec)).token;
}

export const endToken = (id: string) => service.delete<AccountCredential>(`/islet/v1/account-tokens/${id}`);

export async function listIdentities(): Promise<LinkedIdentity[]> {
  return (await service.get<{ items: LinkedIdentity[] }>('/islet/v1/identities')).items;
}

export const removeIdentity = (id: string) => service.delete<LinkedIdentity>(`/islet/v1/identities/${id}`);

export const lookAtDevice = (code: string) =>
  service.get<AskedDevice>('/islet/v1/device', { query: { user_code: code } });

export const decideDevice = (userCode: string, approve: boolean) =>
  service.post('/islet/v1/device/decision', { userCode, approve });

/** Where a browser goes to sign in at a provider, and comes back from to this place of the page. */
export function providerLink(name: string, purpose?: 'link' | 'again'): string {
  const here = `/${location.hash}`;
  const query = new URLSearchParams({ return: here, ...(purpose && { purpose }) });
  return `/islet/v1/session/oidc/${name}?${query}`;
}

/** Throws, as every request does, where the service would not send there: the session may be too old. */
export async function checkLink(link: string): Promise<void> {
  const response = await fetch(link, { headers: { accept: 'application/json' }, redirect: 'manual' });
  if (response.type !== 'opaqueredirect') throw errorFrom(await response.text(), response.status);
}
