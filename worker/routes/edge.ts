/** What the edge answers by itself, without a token: nothing of it depends on a cluster. */

import { keySet } from '../auth/keys.ts';
import type { Env } from '../env.ts';
import { type EdgeResponse, respond } from '../env.ts';

/** `version.Info` (apimachinery `pkg/version`). kubectl compares only `major` and `minor`. */
const VERSION = JSON.stringify({
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
});

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The answer for a path beneath a cluster or the host, or undefined when it is not the edge's to answer. */
export function answerAtEdge(path: string, query: string, env: Env): EdgeResponse | undefined {
  switch (path) {
    case '/healthz':
    case '/livez':
    case '/readyz':
      return respond(query.includes('verbose') ? `[+]ping ok\n${path.slice(1)} check passed\n` : 'ok', {
        headers: TEXT,
      });
    case '/livez/ping':
    case '/readyz/ping':
    case '/healthz/ping':
      return respond('ok', { headers: TEXT });
    case '/version':
    case '/version/':
      return respond(VERSION, { headers: JSON_TYPE });
    case '/openid/v1/jwks':
      return respond(JSON.stringify(keySet(env).publicKeys), {
        headers: { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': 'public, max-age=3600' },
      });
    default:
      return undefined;
  }
}
