/** A request to a container: a probe's (kubelet `probe/http/http.go`), or a hook's (`lifecycle/handlers.go`). */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { joinHostPort } from '../../../kube/machinery/join-host-port.ts';
import type { Container } from '../../../kube/types.ts';
import { MAX_TIMER } from '../../clock.ts';
import type { Outcome } from './outcome.ts';

type HttpGet = NonNullable<NonNullable<Container['livenessProbe']>['httpGet']>;

export interface HttpTarget {
  address: string;
  port: number;
  /** Milliseconds. */
  timeout: number;
  /** Any answer is a good one to a hook. */
  isHook: boolean;
}

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

interface Answer {
  code: number;
  location: string | undefined;
}

/** Goes where the answer sends it, as long as that is the same host. */
export async function httpGet(get: HttpGet, { address, port, timeout, isHook }: HttpTarget): Promise<Outcome> {
  const origin = `${get.scheme === 'HTTPS' ? 'https' : 'http'}://${joinHostPort(address, port)}`;
  const headers: Record<string, string> = {
    'user-agent': `kube-${isHook ? 'lifecycle' : 'probe'}/1.36`,
    accept: '*/*',
    connection: 'close',
  };
  for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const signal = AbortSignal.timeout(Math.min(timeout, MAX_TIMER));
  let url = new URL(origin);
  // As it is written, dots and all; only what no request may hold is escaped.
  let path = (get.path ?? '/').replace(/[^!-~]/gu, encodeURIComponent);
  let shown = origin + path;
  try {
    for (let redirects = 0; ; redirects++) {
      const { code, location } = await ask(url, path, headers, signal);
      if (isHook) return { ok: true, output: '' };
      const next = REDIRECTS.has(code) && location && URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next?.hostname !== url.hostname) return outcomeOf(code);
      url = next;
      path = url.pathname + url.search;
      shown = url.href;
      if (redirects + 1 >= MAX_REDIRECTS) throw new Error('stopped after 10 redirects');
    }
  } catch (error) {
    const late = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    const why = signal.aborted ? late : dialError(error as Error, address, Number(url.port || port));
    return { ok: false, output: `Get "${shown}": ${why}` };
  }
}

function outcomeOf(code: number): Outcome {
  const ok = code >= 200 && code < 400;
  return { ok, output: ok ? '' : `HTTP probe failed with statuscode: ${code}` };
}

function ask(url: URL, path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      path,
      headers,
      signal,
      ...(secure ? { rejectUnauthorized: false } : {}),
    };
    const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
      resolve({ code: response.statusCode ?? 0, location: response.headers.location });
      response.on('error', () => {});
      request.destroy();
    });
    request.on('error', reject);
    request.end();
  });
}

/** Go's error of a connection that could not be made. */
export function dialError(error: Error & { code?: string }, host: string, port: number): string {
  if (error.code === undefined) return error.message;
  const why = error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message;
  return `dial tcp ${host}:${port}: ${why}`;
}
