/** Requests to webhooks, of admission and of conversion, and client-go's words for answers that fail. */
import {
  addressOf,
  type Outbound,
  OutboundError,
  type OutboundRequest,
  type OutboundResponse,
  type ServiceReference,
} from './outbound.ts';

/**
 * The answer's body. Rejects with an {@link OutboundError} in the words of client-go, also for the status of a failure.
 */
export async function webhookAnswer(outbound: Outbound, request: OutboundRequest): Promise<string> {
  let response: OutboundResponse;
  try {
    response = await outbound(request);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new OutboundError(`Post ${JSON.stringify(addressOf(request))}: ${error.message}`);
  }
  const problem = problemOf(response);
  if (problem !== undefined) throw new OutboundError(problem, response.status);
  return response.body;
}

/** `clientConfig` of a webhook. */
export interface WebhookClientConfig {
  url?: string | undefined;
  service?: { namespace?: string; name?: string; path?: string; port?: number } | undefined;
  /** PEM in base64. */
  caBundle?: string | undefined;
}

/** The seconds that the webhook is told it has, and the milliseconds after which the call ends. */
export interface WebhookTimeout {
  seconds: number;
  milliseconds: number;
}

/** A request to a webhook (`HookClient` in apiserver `pkg/util/webhook/client.go`). */
export function webhookRequest(
  { url = '', service, caBundle }: WebhookClientConfig,
  body: string,
  { seconds, milliseconds }: WebhookTimeout,
): OutboundRequest {
  const query = `?timeout=${seconds}s`;
  return {
    to: service ? { service: referenceOf(service, query) } : { url: withQuery(url, query) },
    ...(caBundle ? { caBundle: atob(caBundle) } : {}),
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'user-agent': 'kube-apiserver-admission',
    },
    body,
    timeoutMs: milliseconds,
  };
}

function referenceOf(
  { namespace = '', name = '', path = '', port = 443 }: NonNullable<WebhookClientConfig['service']>,
  query: string,
): ServiceReference {
  return { namespace, name, port, path: `${path.startsWith('/') ? path : `/${path}`}${query}` };
}

/**
 * A URL as client-go asks for it, which joins the path anew: `https://example.com` is asked for its root, and envtest's
 * `https://127.0.0.1:8443//path` for `/path`.
 */
export function withQuery(url: string, query: string): string {
  const [, host = '', path = ''] = /^(https:\/\/[^/]*)(.*)$/s.exec(url) ?? [undefined, url];
  return `${host}${joined(path)}${query}`;
}

/** Go's `path.Join("/", path)`. */
function joined(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}

/** By code, as `NewGenericServerResponse` words them; a body stands in for those that are left out. */
const WORDS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

function problemOf({ status, body, headers }: OutboundResponse): string | undefined {
  if (status < 200 || status > 206) return toldBy(body) ?? WORDS[status] ?? otherWords(status, body);
  if (body !== '') return undefined;
  const type = headers['content-type'] || 'application/json';
  return `0-length response with status code: ${status} and content type: ${type}`;
}

function otherWords(status: number, body: string): string {
  const shown = body.trim().slice(0, 2048) || 'unknown';
  if (status === 403 || status === 406 || status === 415) return shown;
  if (status >= 500)
    return `an error on the server (${JSON.stringify(shown)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

/** The message of a body that is a Status of a failure. */
function toldBy(body: string): string | undefined {
  if (!body.includes('"Status"')) return undefined;
  try {
    const { kind, apiVersion, status, message } = JSON.parse(body) as Record<string, unknown>;
    const isFailure = kind === 'Status' && apiVersion === 'v1' && status !== 'Success';
    return isFailure && typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
