/** `/islet/v1/…` beneath a cluster: its tokens, and what join tokens are traded for. */

import { isDNS1123Subdomain } from '../../kube/machinery/names.ts';
import { failure, type Reason } from '../../kube/machinery/status.ts';
import type { Identity } from '../../wire/identity.ts';
import type { TokenOffice } from '../tenancy/token-office.ts';

export interface IsletApiPorts {
  tokens: TokenOffice;
  /** Whether the node exists and its Ready condition is True. */
  isNodeReady(name: string): boolean;
  stats(): object;
  trace(query: string): { status: number; body: unknown };
}

export interface Answer {
  status: number;
  body: unknown;
}

const MAX_TTL_SECONDS = 30 * 24 * 3600;
const TOKENS = '/islet/v1/tokens';

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
  if (method === 'POST' && path === '/islet/v1/renew') return renew(ports, identity);
  if (!identity.groups.includes('system:masters')) {
    return refuse('Forbidden', `User ${JSON.stringify(identity.user)} cannot use ${path}: only administrators can`);
  }
  if (method === 'POST' && path === '/islet/v1/join-tokens') return createJoinToken(ports, body);
  if (method === 'GET' && path === TOKENS) return { status: 200, body: { items: ports.tokens.list() } };
  if (method === 'DELETE' && path.startsWith(`${TOKENS}/`)) return revoke(ports, path.slice(TOKENS.length + 1));
  if (method === 'GET' && path === '/islet/v1/stats') return { status: 200, body: ports.stats() };
  if (method === 'GET' && path === '/islet/v1/trace') return ports.trace(query);
  return refuse('NotFound', 'the server could not find the requested resource');
}

function revoke({ tokens }: IsletApiPorts, id: string): Answer {
  const revoked = tokens.revoke(id);
  return revoked ? { status: 200, body: revoked } : refuse('NotFound', `tokens ${JSON.stringify(id)} not found`);
}

async function createJoinToken({ tokens }: IsletApiPorts, body: string): Promise<Answer> {
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
  return { status: 201, body: { token: await tokens.join(ttlSeconds, uses, ca) } };
}

async function join(ports: IsletApiPorts, identity: Identity, body: string): Promise<Answer> {
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
  const token = await ports.tokens.trade(identity.jti, name);
  return token ? { status: 201, body: { nodeName: name, token } } : refuse('Unauthorized', 'Unauthorized');
}

async function renew({ tokens }: IsletApiPorts, { node, jti }: Identity): Promise<Answer> {
  if (!node) return refuse('Forbidden', "only a node's token can be renewed");
  const token = await tokens.renew(jti, node);
  return token ? { status: 201, body: { nodeName: node, token } } : refuse('Unauthorized', 'Unauthorized');
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
