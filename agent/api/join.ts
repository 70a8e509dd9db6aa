/** From a join token to a node's credentials, kept in the state folder. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JOIN_PATH, NO_CLUSTER, type Refusal } from '../../wire/identity.ts';
import { writePrivate } from '../files/write-private.ts';
import { claimsOf } from './claims.ts';
import { ApiClient, ApiError } from './client.ts';
import { fetchPinnedCA, parsePin } from './tls.ts';
import { unreachable } from './unreachable.ts';

/** The credentials and the address with which an agent comes back without a join token. */
export interface Membership {
  server: string;
  nodeName: string;
  token: string;
  /** PEM; absent: the system's roots. */
  ca?: string;
  /** Earlier memberships of this machine, with the same state. */
  former?: { cluster: string; node: string }[];
}

const FILE = 'node.json';
/** The advice for a node that is no member any more. */
export const JOIN_AGAIN: Record<Refusal, string> = {
  revoked: 'join with a new one (`islet token create --print-join-command`)',
  'cluster-deleted': 'join another one (`islet token create --print-join-command`)',
};

export function readMembership(state: string): Membership | undefined {
  try {
    return JSON.parse(readFileSync(join(state, FILE), 'utf8')) as Membership;
  } catch {
    return undefined;
  }
}

/** Readable by its owner only, and whole: the token that it holds is the node's only one. */
export function writeMembership(state: string, membership: Membership): void {
  mkdirSync(state, { recursive: true });
  writePrivate(join(state, FILE), `${JSON.stringify(membership, null, 2)}\n`);
}

export interface JoinRequest {
  /** `https://host:port`, with or without `/clusters/{id}`: the token knows the cluster. */
  server: string;
  token: string;
  nodeName: string;
  /** `sha256:…` of the CA certificate or its public key; the token's own pin when absent. */
  caCertHash?: string;
  userAgent: string;
}

/** Milliseconds: a node waits no longer for its cluster before it goes on with the pods that it knows. */
const MEMBER_TIMEOUT = 5_000;

/** Why the node is no member any more; undefined while it is one. A cluster out of reach counts as one that keeps it. */
export async function whyNoMember(
  { server, ca, token, nodeName }: Membership,
  userAgent: string,
): Promise<Refusal | undefined> {
  const client = new ApiClient({ server, token: () => token, ca, userAgent, timeout: MEMBER_TIMEOUT });
  try {
    await client.request('GET', `/api/v1/nodes/${nodeName}`);
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) return 'revoked';
    if (error instanceof ApiError && error.status?.message === NO_CLUSTER) return 'cluster-deleted';
  } finally {
    client.close();
  }
  return undefined;
}

const NO_JOIN_TOKEN = 'this is not a join token: make one with `islet token create --print-join-command`';

/** Trades the join token for the node's. Throws an Error with one clear line. */
export async function joinCluster(request: JoinRequest): Promise<Membership> {
  const claims = claimsOf(request.token);
  if (claims.use !== 'join') throw new Error(NO_JOIN_TOKEN);
  const server = serverOf(request.server, claims.cluster);
  const asked = request.caCertHash ?? claims.ca;
  const pin = asked === undefined ? undefined : parsePin(asked);
  if (asked !== undefined && !pin) throw new Error(`${asked} is no SHA-256 of a certificate`);
  const url = new URL(server);
  // A pin promises that no other server stands in between; plain http has no certificate to compare it with.
  if (url.protocol !== 'https:') throw new Error(`--server must be an https:// address, not ${request.server}`);
  const ca = pin && (await fetchPinnedCA(url, pin).catch((error: Error) => Promise.reject(unreachable(url, error))));
  const client = new ApiClient({ server, token: () => request.token, ca, userAgent: request.userAgent });
  try {
    const answer = await client.request<{ token?: string } | undefined>('POST', JOIN_PATH, {
      nodeName: request.nodeName,
    });
    if (!answer?.token) throw new Error('the server answered the join without a token');
    return { server, nodeName: request.nodeName, token: answer.token, ca };
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) {
      throw new Error('the server refuses the join token: it is wrong, expired, used up, or another cluster’s');
    }
    if (error instanceof ApiError && error.code === 404) throw new Error(`there is no cluster at ${server}`);
    throw unreachable(url, error as Error);
  } finally {
    client.close();
  }
}

function serverOf(server: string, cluster: string | undefined): string {
  if (!URL.canParse(server)) throw new Error(`--server must be an address like https://host:port, not ${server}`);
  const url = new URL(server);
  const path = url.pathname.replace(/\/$/, '');
  if (path === '' && cluster) return `${url.origin}/clusters/${cluster}`;
  return url.origin + path;
}
