/**
 * The way out: the one port through which the API server calls others, namely webhooks, conversion webhooks,
 * aggregated APIs and the scheduler's extenders. A Service is found here; the road is chosen in `wiring/outbound/`.
 */
import { ApiError } from './errors.ts';
import { type ResolvedEndpoint, type ResolverPorts, resolveService } from './services/endpoint-resolver.ts';

export interface ServiceReference {
  namespace: string;
  name: string;
  port: number;
  /** With a leading slash, or ''. */
  path: string;
  /** Without TLS. */
  plain?: boolean;
  /** The endpoint that was chosen ({@link throughServices}). */
  endpoint?: ResolvedEndpoint;
}

/**
 * The certificate that a node's agent shows, for the agent's own key; without a node, with its key. PEM. Rejects with an
 * {@link OutboundError} where the agent has told no key.
 */
export type ClientCertificate = (node?: string) => Promise<{ cert: string; key?: string }>;

export interface OutboundRequest {
  /** `https://…`, on a machine of the user's own `http://…`, or a Service of the cluster. */
  to: { url: string } | { service: ServiceReference };
  /** PEM of the authorities that may have signed the server's certificate; the system's when left out. */
  caBundle?: string;
  /** The server's certificate is not checked. */
  insecure?: boolean;
  /** The name that the certificate must have; left out, the host of the URL, or the Service's. */
  serverName?: string;
  /** The certificate by which a Service of the cluster knows this server as its client. */
  client?: ClientCertificate;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  /** Several values of one name come one by one. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: string;
  timeoutMs: number;
}

export interface OutboundResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** At most {@link MAX_OUTBOUND_BODY} code units; a longer one is an error. */
  body: string;
}

export const MAX_OUTBOUND_BODY = 3 * 1024 * 1024;

/** A call without an answer. Its message is for the user: which road was tried, and what went wrong there. */
export class OutboundError extends Error {
  /** The status code of an answer that told of a failure; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Rejects with an {@link OutboundError}. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundResponse>;

/** For a cluster that has no way out. */
export const unreachable: Outbound = () => Promise.reject(new OutboundError('this cluster has no way out'));

/** An {@link Outbound} that finds the endpoint of a Service that a request names. */
export function throughServices(outbound: Outbound, ports: ResolverPorts): Outbound {
  return async (request) => {
    if (!('service' in request.to)) return outbound(request);
    let endpoint: ResolvedEndpoint;
    try {
      endpoint = resolveService(ports, request.to.service);
    } catch (error) {
      if (error instanceof ApiError) throw new OutboundError(error.message);
      throw error;
    }
    return outbound({ ...request, to: { service: { ...request.to.service, endpoint } } });
  };
}

/** `https://name.namespace.svc:443/path`, as upstream prints a call to a Service. */
export function addressOf({ to }: Pick<OutboundRequest, 'to'>): string {
  if ('url' in to) return to.url;
  const { namespace, name, port, path, plain } = to.service;
  return `${plain ? 'http' : 'https'}://${name}.${namespace}.svc:${port}${path}`;
}
