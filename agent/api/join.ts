/** From a join token to a node's credentials, kept in the state folder. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, ApiError } from './client.ts';
import { fetchPinnedCA, parsePin } from './tls.ts';

/** What an agent must know to come back without a join token. */
export interface Membership {
  server: string;
  nodeName: string;
  token: string;
  /** PEM; absent: the system's roots. */
  ca?: string;
}

const FILE = 'node.json';

export function readMembership(state: string): Membership | undefined {
  try {
    return JSON.parse(readFileSync(join(state, FILE), 'utf8')) as Membership;
  } catch {
    return undefined;
  }
}

/** Readable by its owner only, and whole or not there at all. */
export function writeMembership(state: string, membership: Membership): void {
  mkdirSync(state, { recursive: true });
  const path = join(state, FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(membership, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
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

/** The claims that a join needs, read without checking: the server does that. */
function claimsOf(token: string): { cluster?: string; ca?: string; use?: string } {
  const payload = token.split('.')[1];
  if (!payload) throw new Error('this is not a join token: make one with `islet token create --print-join-command`');
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as { cluster?: string; ca?: string; use?: string };
  } catch {
    throw new Error('this is not a join token: make one with `islet token create --print-join-command`');
  }
}

/** Trades the join token for the node's. Throws an Error with one clear line. */
export async function joinCluster(request: JoinRequest): Promise<Membership> {
  const claims = claimsOf(request.token);
  const server = serverOf(request.server, claims.cluster);
  const asked = request.caCertHash ?? claims.ca;
  const pin = asked === undefined ? undefined : parsePin(asked);
  if (asked !== undefined && !pin) throw new Error(`${asked} is no SHA-256 of a certificate`);
  const url = new URL(server);
  const ca = pin && url.protocol === 'https:' ? await fetchPinnedCA(url, pin) : undefined;
  const client = new ApiClient({ server, token: () => request.token, ca, userAgent: request.userAgent });
  try {
    const answer = await client.request<{ token?: string }>('POST', '/islet/v1/join', { nodeName: request.nodeName });
    if (!answer.token) throw new Error('the server answered the join without a token');
    return { server, nodeName: request.nodeName, token: answer.token, ca };
  } catch (error) {
    if (error instanceof ApiError && error.code === 401) {
      throw new Error('the server refuses the join token: it is wrong, expired, used up, or another cluster’s');
    }
    throw error;
  } finally {
    client.close();
  }
}

function serverOf(server: string, cluster: string | undefined): string {
  const url = new URL(server);
  const path = url.pathname.replace(/\/$/, '');
  if (path === '' && cluster) return `${url.origin}/clusters/${cluster}`;
  return url.origin + path;
}
