/**
 * The roads of the way out (design decision 15): through the local launcher where the service runs on its user's
 * machine, and by `fetch` to public addresses otherwise. Redirects are followed on neither.
 */
import { LAUNCHER_PATH, type LauncherAnswer, type LauncherRequest } from '../../../wire/launcher.ts';
import { MAX_OUTBOUND_BODY, type Outbound, OutboundError, type OutboundRequest } from '../../apiserver/outbound.ts';
import { isPublicHost } from './addresses.ts';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface OutboundPorts {
  /** The local launcher, where there is one. */
  launcher?: Fetch;
  /** The runtime's. */
  fetch: Fetch;
}

/** The launcher is given a little longer than the call itself may take. */
const LAUNCHER_GRACE_MS = 1000;

export function makeOutbound({ launcher, fetch }: OutboundPorts): Outbound {
  return async (request) => {
    const { to } = request;
    if ('service' in to) {
      const { namespace, name } = to.service;
      throw new OutboundError(
        `no road to the Service ${namespace}/${name}: calls through a node's agent are not built yet; give clientConfig.url`,
      );
    }
    return launcher ? throughLauncher(launcher, request, to.url) : byFetch(fetch, request, to.url);
  };
}

async function throughLauncher(
  launcher: Fetch,
  { caBundle, method, headers, body, timeoutMs }: OutboundRequest,
  url: string,
): ReturnType<Outbound> {
  const ask: LauncherRequest = { url, caBundle, method, headers, body, timeoutMs, maxBytes: MAX_OUTBOUND_BODY };
  let answer: LauncherAnswer;
  try {
    const response = await launcher(`http://launcher${LAUNCHER_PATH}`, {
      method: 'POST',
      body: JSON.stringify(ask),
      signal: AbortSignal.timeout(timeoutMs + LAUNCHER_GRACE_MS),
    });
    answer = (await response.json()) as LauncherAnswer;
  } catch (error) {
    throw new OutboundError(`the local launcher does not answer: ${(error as Error).message}`);
  }
  if (!answer.ok) throw new OutboundError(answer.message);
  return answer;
}

async function byFetch(fetch: Fetch, request: OutboundRequest, url: string): ReturnType<Outbound> {
  const { caBundle, method, headers, body, timeoutMs } = request;
  const { hostname, protocol } = new URL(url);
  if (protocol !== 'https:' || !isPublicHost(hostname)) {
    throw new OutboundError(`${hostname} is no public address: a hosted cluster calls public https:// addresses alone`);
  }
  if (caBundle) {
    throw new OutboundError(
      `${hostname} is called from the edge, which trusts public authorities alone: leave caBundle out`,
    );
  }
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers: { ...headers }, body, redirect: 'manual', signal });
    const text = await limitedText(response);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    const { name, message } = error as Error;
    throw new OutboundError(
      name === 'TimeoutError' ? 'context deadline exceeded' : `by fetch from the edge: ${message}`,
    );
  }
}

async function limitedText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length <= MAX_OUTBOUND_BODY) continue;
    await reader.cancel();
    throw new OutboundError(`the answer is longer than ${MAX_OUTBOUND_BODY} bytes`);
  }
}
