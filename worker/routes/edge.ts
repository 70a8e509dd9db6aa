/** The edge's own answers, without a token: nothing of them depends on a cluster. */

import { failure } from '../../kube/machinery/status.ts';
import { keySet } from '../auth/keys.ts';
import type { Env } from '../env.ts';
import { type EdgeResponse, respond } from '../env.ts';
import { refuseTimeout, statusResponse, withDetails } from '../statuses.ts';
import { KEYS_PATH, keyDocument } from './discovery.ts';
import { answerHealth } from './health.ts';

/** `version.Info` (apimachinery `pkg/version`). kubectl compares only `major` and `minor`. */
const VERSION = JSON.stringify(
  {
    major: '1',
    minor: '36',
    emulationMajor: '1',
    emulationMinor: '36',
    minCompatibilityMajor: '1',
    minCompatibilityMinor: '35',
    gitVersion: 'v1.36.3+islet',
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'workerd',
    platform: 'cloudflare/workers',
  },
  undefined,
  2,
);

const JSON_TYPE = { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' };
const NOT_ALLOWED = withDetails(
  failure('MethodNotAllowed', 'the server does not allow this method on the requested resource'),
);

/** The answer for a path beneath a cluster or the host, or undefined when it is not the edge's to answer. */
export function answerAtEdge(path: string, query: string, env: Env, method = 'GET'): EdgeResponse | undefined {
  const health = answerHealth(path, query);
  const answer = health ?? answerFact(path, env);
  if (answer && !health && method !== 'GET') return statusResponse(NOT_ALLOWED);
  return answer && (refuseTimeout(query) ?? answer);
}

function answerFact(path: string, env: Env): EdgeResponse | undefined {
  switch (path) {
    case '/version':
    case '/version/':
      return respond(VERSION, { headers: JSON_TYPE });
    case KEYS_PATH:
      return keyDocument(keySet(env).publicKeys);
    default:
      return undefined;
  }
}
