/**
 * Requests to providers. A local service makes them through its launcher, which reaches providers on this machine and
 * its network, and trusts the authorities of the machine: workerd does neither by itself.
 */
import { LAUNCHER_PATH, type LauncherAnswer, type LauncherRequest } from '../../../wire/launcher.ts';
import type { Env } from '../../env.ts';

export interface ProviderRequest {
  method: string;
  headers: Record<string, string>;
  body?: URLSearchParams | string | null;
}

/** A provider's documents are a few kilobytes. */
const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

export function providerFetch(env: Env): (url: string, request: ProviderRequest) => Promise<Response> {
  const { LAUNCHER, ISLET_LAUNCHER_SECRET } = env;
  if (!LAUNCHER || !ISLET_LAUNCHER_SECRET) {
    return (url, { method, headers, body }) =>
      fetch(url, { method, headers, body, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  }
  return async (url, { method, headers, body }) => {
    const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES };
    const ask: LauncherRequest = { url, method, headers, ...(body ? { body: String(body) } : {}), ...limits };
    const authorization = `Bearer ${ISLET_LAUNCHER_SECRET}`;
    const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(ask) };
    const response = await LAUNCHER.fetch(`http://launcher${LAUNCHER_PATH}`, init);
    const answer = (await response.json()) as LauncherAnswer;
    if (!answer.ok) throw new Error(answer.message);
    const type = answer.headers['content-type'];
    return new Response(answer.body, { status: answer.status, headers: type ? { 'content-type': type } : {} });
  };
}
