/** The edge's own answers, without a token: nothing of them depends on a cluster. */

import { takesJson } from '../../wire/accept.ts';
import { VERSION_TEXT } from '../../wire/version.ts';
import { keySet } from '../auth/keys.ts';
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { methodNotAllowed, notAcceptable, refuseTimeout } from '../statuses.ts';
import { KEYS_PATH, keyDocument } from './discovery.ts';
import { answerHealth } from './health.ts';

const JSON_TYPE = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' };

interface EdgeOptions {
  method?: string;
  hasToken?: boolean;
  /** The request is made as another user, which the cluster has to allow. */
  isForAnother?: boolean;
  accept?: string | null;
}

export const edgeOptions = ({ method, headers }: EdgeRequest): EdgeOptions => ({
  method,
  hasToken: headers.has('authorization'),
  isForAnother: headers.has('authorization') && impersonates(headers),
  accept: headers.get('accept'),
});

/** Parts of an impersonation that name no user are refused by the cluster. */
function impersonates(headers: EdgeRequest['headers']): boolean {
  for (const name of headers.keys()) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** The answer for a path beneath a cluster or the host, or undefined when it is not the edge's to answer. */
export function answerAtEdge(
  path: string,
  query: string,
  env: Env,
  { method = 'GET', hasToken = false, isForAnother = false, accept }: EdgeOptions = {},
): EdgeResponse | undefined {
  if (isForAnother && path !== KEYS_PATH) return undefined;
  const health = answerHealth(path, query, hasToken);
  const answer = health ?? answerFact(path, env, accept);
  if (answer && !health && method !== 'GET') return methodNotAllowed();
  return answer && (refuseTimeout(query) ?? answer);
}

function answerFact(path: string, env: Env, accept: string | null | undefined): EdgeResponse | undefined {
  switch (path) {
    case '/version':
    case '/version/':
      if (!takesJson(accept)) return notAcceptable();
      return respond(VERSION_TEXT, { headers: JSON_TYPE });
    case KEYS_PATH:
      return keyDocument(keySet(env).publicKeys);
    default:
      return undefined;
  }
}
