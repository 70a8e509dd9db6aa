/** The call that one request for a resource makes of the API server, and what follows from it. */
import type { ConversionAnswers } from '../../kube/kinds/custom/conversion-webhook.ts';
import type { Column, Writer } from '../../kube/kinds/define.ts';
import type { ServedKind } from '../../kube/kinds/registry.ts';
import type { Cause } from '../../kube/machinery/cause.ts';
import type { RequestInfo } from '../../kube/machinery/request/request-info.ts';
import { type Key, keyOf } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Query } from './query.ts';
import type { ApiRequest, ApiResponse, UserInfo } from './request.ts';
import type { Server } from './server.ts';

export interface Call extends ServedKind {
  server: Server;
  request: ApiRequest;
  info: RequestInfo;
  query: Query;
  /** After impersonation. */
  user: UserInfo;
  /** The authoriser's reason for letting the request through; '' where there was none to give. */
  allowed: string;
  auditID: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Texts for `Warning` headers, in order. */
  warnings: string[];
  /** Answers of conversion webhooks so far. */
  answers?: ConversionAnswers;
  /**
   * The text, in the version of the request, of the object that its update has removed: upstream answers what was
   * written, at the revision of the object before.
   */
  removed?: string;
  waits: Waits;
}

/** The time that a request has waited for a seat or for webhooks, which is no fault of the server's. */
export interface Waits {
  milliseconds: number;
}

/** An object (or Status) that a verb answers; `negotiate/` prints it. */
export interface ObjectAnswer {
  type: 'object';
  code: number;
  /** JSON text, of the request's version. */
  text: string;
  /** A Status: printed as it is, whatever the client accepts. */
  status?: boolean;
  /** The columns of an answer of another kind than the request's (Scale), which needs no conversion. */
  columns?: readonly Column[];
}

export type VerbAnswer = ObjectAnswer | ApiResponse;

/** The namespace of the request; '' for a cluster-scoped kind. */
export function namespaceOf({ kind, info }: Pick<Call, 'kind' | 'info'>): string {
  return kind.scope === 'Namespaced' ? info.namespace : '';
}

/** The key of the one object that the request names. */
export function targetKey(call: Call): Key {
  return keyOf(call.storage, namespaceOf(call), call.info.name);
}

/** The user and time that a kind's strategy is given, and the way to warn. */
export function writerOf({ user, now, warnings, info: { subresource } }: Call): Writer {
  return { user, now: rfc3339(now), subresource, warn: (text) => void warnings.push(text) };
}

/** Clients choose the lengths of these; a cause is stored with each revision. The longest name is a node's. */
const MAX_CAUSE_USER = 'system:node:'.length + 253;
const MAX_CAUSE_ID = 64;
const MAX_CAUSE_AGENT = 128;
const MAX_CAUSE_REASON = 512;

/** The cause of this request's writes. */
export function causeOf(call: Call, manager?: string): Cause {
  const { request, info, user, allowed, now, auditID } = call;
  if (request.cause) return request.cause;
  const cause: Cause = {
    kind: 'request',
    at: now,
    user: user.name.slice(0, MAX_CAUSE_USER),
    verb: info.verb,
    id: auditID.slice(0, MAX_CAUSE_ID),
  };
  const agent = agentOf(request);
  if (agent) cause.agent = agent;
  if (manager) cause.manager = manager;
  if (info.subresource) cause.subresource = info.subresource;
  if (request.credential) cause.token = request.credential.use;
  if (request.user && request.user.name !== user.name) cause.impersonator = request.user.name.slice(0, MAX_CAUSE_USER);
  // Nodes write often, and for one reason each time.
  if (allowed && !user.name.startsWith('system:node:')) cause.allowed = allowed.slice(0, MAX_CAUSE_REASON);
  return cause;
}

/** `kubectl/v1.33.1 (linux/amd64) …` → `kubectl/v1.33.1` */
export function agentOf(request: ApiRequest): string | undefined {
  return request.header('user-agent')?.split(' ', 1)[0]?.slice(0, MAX_CAUSE_AGENT);
}

/** `managerOrUserAgent`: the manager named, else the agent's name without its version. */
export function managerOf(call: Call): string {
  const named = call.query.get('fieldManager');
  if (named) return named;
  const cause = call.request.cause;
  if (cause?.kind === 'controller') return cause.name;
  return (agentOf(call.request) ?? 'unknown').split('/', 1)[0]?.slice(0, 128) || 'unknown';
}
