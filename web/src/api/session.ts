/** The session of this browser (the cookie that a one-time code was traded for), and the clusters that it may see. */
import { signal } from '@preact/signals';
import type { Profile } from '../../../wire/account-rpc.ts';
import type { ClusterSummary } from '../../../wire/rpc.ts';
import { t } from './messages.ts';
import { Api, ApiError } from './request.ts';

export type ClusterRef = Pick<ClusterSummary, 'id' | 'name'> & Partial<ClusterSummary>;

/** Why something failed. The text is in the language of the moment at which it is asked for. */
export interface Reason {
  text(): string;
  /** Trying again may help by itself. */
  passes: boolean;
}

const SIGN_IN = { start: '`npm start`', dashboard: '`npx islet dashboard`' };

/** This browser has no session (any more), or its person has left: the sign-in page is shown. */
export const signedOut = signal<false | 'lost' | 'left'>(false);

/** The account's person, once known. */
export const person = signal<Profile | undefined>(undefined);

/** The service's own paths. */
export const service = new Api('');

export async function listClusters(): Promise<ClusterRef[]> {
  const { items } = await service.get<{ items: ClusterRef[] }>('/islet/v1/clusters');
  return items;
}

/** The ways in which a person may sign in here, or begin. */
export interface Methods {
  visitors: boolean;
  signUp: boolean;
  /** Of OpenID Connect. */
  providers: { name: string; label: string }[];
  /** The service runs on a machine of its user. */
  local: boolean;
  /** Where machines reach the API, if that is not the dashboard's address, and the hash of the root they pin. */
  api?: { server: string; ca?: string };
}

let asked: Promise<Methods> | undefined;

/** Asked once: they are the service's configuration. */
export function methods(): Promise<Methods> {
  asked ??= service.get<Methods>('/islet/v1/session/methods').catch((error: unknown) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

export async function loadPerson(): Promise<Profile> {
  person.value = await service.get<Profile>('/islet/v1/profile');
  return person.value;
}

/** Counts up when the account has other clusters than before. */
export const clustersChanged = signal(0);

export function refreshClusters(): void {
  clustersChanged.value++;
}

/** The cluster that an address names; for one that names none, the cluster `default`, or else the first. */
export function chooseCluster(clusters: readonly ClusterRef[], wanted: string | undefined): ClusterRef | undefined {
  const found = clusters.find(({ name }) => name === (wanted ?? 'default')) ?? clusters.find(({ id }) => id === wanted);
  return found ?? (wanted === undefined ? clusters[0] : undefined);
}

/** As addresses name a cluster: by its name, or by its id where another goes before it that has the name. */
export function addressOf({ id, name }: ClusterRef, clusters: readonly ClusterRef[]): string {
  return chooseCluster(clusters, name)?.id === id ? name : id;
}

export function explain(error: unknown): Reason {
  if (!(error instanceof ApiError) || error.code === 0) return { text: () => t('noAnswer'), passes: true };
  const { code, message } = error;
  if (code === 401) {
    signedOut.value ||= 'lost';
    return { text: () => t('signedOut', SIGN_IN), passes: false };
  }
  return { text: () => t('answers', { message }), passes: code >= 500 || code === 429 };
}

/** A socket that does not open carries no reason, so the question is asked again in a way that is answered. */
export async function whyOffline({ id, name }: ClusterRef): Promise<Reason> {
  try {
    const clusters = await listClusters();
    return clusters.some((cluster) => cluster.id === id)
      ? { text: () => t('broke'), passes: true }
      : { text: () => t('gone', { name }), passes: false };
  } catch (error) {
    return explain(error);
  }
}
