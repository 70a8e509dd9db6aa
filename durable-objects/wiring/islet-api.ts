/** `/islet/v1/…` beneath a cluster: join tokens, and what they are traded for. */

import { isDNS1123Subdomain } from '../../kube/machinery/names.ts';
import { failure, type Reason } from '../../kube/machinery/status.ts';
import type { Identity } from '../../wire/identity.ts';
import type { KeySet } from '../../wire/tokens.ts';
import { joinClaims, nodeClaims } from '../tenancy/claims.ts';
import type { ClusterBook, ClusterRecord } from '../tenancy/cluster-book.ts';

export interface IsletApiPorts {
  cluster: ClusterRecord;
  book: ClusterBook;
  keys: KeySet;
  now(): number;
  uuid(): string;
  /** Whether the node exists and its Ready condition is True. */
  isNodeReady(name: string): boolean;
  /** Closes what was opened with a token that counts no longer. */
  closeToken(jti: string): void;
  stats(): object;
  trace(query: string): { status: number; body: unknown };
}

export interface Answer {
  status: number;
  body: unknown;
}

const MAX_TTL_SECONDS = 30 * 24 * 3600;

/** `body` is the request's text. */
export async function answerIslet(
  ports: IsletApiPorts,
  identity: Identity,
  method: string,
  path: string,
  query: string,
  body: string,
): Promise<Answer> {
  if (method === 'POST' && path === '/islet/v1/join') return join(ports, identity, body);
  if (!identity.groups.includes('system:masters')) {
    return refuse('Forbidden', `User ${JSON.stringify(identity.user)} cannot use ${path}: only administrators can`);
  }
  if (method === 'POST' && path === '/islet/v1/join-tokens') return createJoinToken(ports, body);
  if (method === 'GET' && path === '/islet/v1/stats') return { status: 200, body: ports.stats() };
  if (method === 'GET' && path === '/islet/v1/trace') return ports.trace(query);
  return refuse('NotFound', 'the server could not find the requested resource');
}

async function createJoinToken({ book, cluster, keys, now, uuid }: IsletApiPorts, body: string): Promise<Answer> {
  const request = parse(body);
  if (!request) return refuse('BadRequest', 'the body is no JSON object');
  const { ttlSeconds = 24 * 3600, uses = 1, ca } = request;
  if (!isCount(ttlSeconds, MAX_TTL_SECONDS)) {
    return refuse('BadRequest', `ttlSeconds must be a number from 1 to ${MAX_TTL_SECONDS}`);
  }
  if (!isCount(uses, 1000)) return refuse('BadRequest', 'uses must be a number from 1 to 1000');
  if (ca !== undefined && !(typeof ca === 'string' && /^[0-9a-f]{64}$/.test(ca))) {
    return refuse('BadRequest', 'ca must be the SHA-256 of a certificate in hex');
  }
  const issue = { jti: uuid(), now: now() };
  book.addJoin(issue.jti, uses, issue.now + ttlSeconds * 1000, issue.now);
  return { status: 201, body: { token: await keys.sign(joinClaims(cluster.id, ttlSeconds, ca as string, issue)) } };
}

async function join(ports: IsletApiPorts, identity: Identity, body: string): Promise<Answer> {
  const { book, cluster, keys, now, uuid } = ports;
  if (identity.use !== 'join') return refuse('Forbidden', 'only a join token can be traded for a node');
  const name = parse(body)?.nodeName;
  if (typeof name !== 'string') return refuse('BadRequest', 'nodeName must be text');
  const problems = isDNS1123Subdomain(name);
  if (problems.length > 0) {
    return refuse('Invalid', `nodeName: Invalid value: ${JSON.stringify(name)}: ${problems.join(', ')}`);
  }
  if (ports.isNodeReady(name)) {
    // kubeadm's check (`cmd/phases/join/kubelet.go`): a second machine must not take over a living node's name.
    const message = `a Node with name ${JSON.stringify(name)} and status "Ready" already exists in the cluster: delete it or choose another with --node-name`;
    return refuse('Conflict', message);
  }
  if (!book.takeJoin(identity.jti, now())) return refuse('Unauthorized', 'Unauthorized');
  const issue = { jti: uuid(), now: now() };
  const before = book.setNodeToken(name, issue.jti);
  if (before !== undefined) ports.closeToken(before);
  return { status: 201, body: { nodeName: name, token: await keys.sign(nodeClaims(cluster.id, name, issue)) } };
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function refuse(reason: Reason, message: string): Answer {
  const status = failure(reason, message);
  return { status: status.code, body: status };
}
