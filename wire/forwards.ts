/** Ports of pods and Services that are opened in a browser, each at a site of its own. */
import { isDNS1123Subdomain } from '../kube/machinery/names.ts';
import { base32 } from './base32.ts';
import type { Result } from './rpc.ts';

/** Beneath a cluster: opens one. Of the service: those of the account. */
export const FORWARDS_PATH = '/islet/v1/forwards';
/** The query parameter that a ticket comes in. */
export const TICKET_PARAMETER = 'islet-ticket';

export interface ForwardTarget {
  kind: 'pods' | 'services';
  namespace: string;
  name: string;
  port: number;
  /** The protocol that is spoken there. Certificates are not checked, as for `proxy`. */
  scheme: 'http' | 'https';
}

export interface Forward {
  id: string;
  /** The id of the cluster. */
  cluster: string;
  target: ForwardTarget;
  /** RFC 3339. */
  created: string;
  expires: string;
}

/** undefined for what is none. */
export function checkTarget(value: unknown): ForwardTarget | undefined {
  const {
    kind,
    namespace,
    name,
    port,
    scheme = 'http',
  } = (value ?? {}) as Partial<Record<keyof ForwardTarget, unknown>>;
  if (kind !== 'pods' && kind !== 'services') return undefined;
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  if (!isName(namespace) || !isName(name)) return undefined;
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65535) return undefined;
  return { kind, namespace, name, port: port as number, scheme };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && isDNS1123Subdomain(value).length === 0;
}

/** The path beneath the cluster that requests to the target go to; the server's own path follows. */
export function proxyPathOf({ kind, namespace, name, port, scheme }: ForwardTarget): string {
  const id = `${scheme === 'https' ? 'https:' : ''}${name}:${port}`;
  return `/api/v1/namespaces/${namespace}/${kind}/${id}/proxy`;
}

const SITE_LENGTH = 20;
export const SITE = /^[a-z2-7]{20}$/;

/** The label of the target's host: it tells nothing of the target, and is another for each account. */
export async function siteOf(target: ForwardTarget, cluster: string, account: string): Promise<string> {
  const { kind, namespace, name, port, scheme } = target;
  const text = JSON.stringify([cluster, account, namespace, kind, name, port, scheme]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base32(new Uint8Array(digest)).slice(0, SITE_LENGTH);
}

/** The part of an account's interface that is about forwards. `credential`: as in `AccountRpc`. */
export interface ForwardsRpc {
  /** A ticket that {@link redeemForward} takes once, within seconds. `credential` is a session's. */
  mintForward(request: {
    credential: string;
    account: string;
    cluster: string;
    target: ForwardTarget;
  }): Promise<Result<{ ticket: string }>>;
  /** The token of a forward's cookie; undefined when the ticket was used or has expired. `jti` is a verified ticket's id. */
  redeemForward(request: { account: string; jti: string }): Promise<{ token: string; seconds: number } | undefined>;
  /** The open forwards, newest first. */
  listForwards(request: { credential: string }): Promise<Result<Forward[]>>;
  closeForward(request: { credential: string; id: string }): Promise<Result<Forward>>;
}
