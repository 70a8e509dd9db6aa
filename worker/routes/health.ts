/**
 * `/healthz`, `/livez` and `/readyz` with their checks, in upstream's form (apiserver `pkg/server/healthz`).
 * The edge answers for itself: no cluster is woken to say that it is well.
 */
import { type EdgeResponse, respond } from '../env.ts';

/** A check is listed only where it is made. An answer by itself shows that the edge was reached. */
const CHECKS = ['ping'];
const PATH = /^\/(healthz|livez|readyz)(?:\/([a-z-]+))?$/;
const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Cache-Control': 'no-cache, private',
};
const NO_SNIFF = { 'X-Content-Type-Options': 'nosniff' };

/**
 * undefined for other paths, and for checks that aren't made. A client with a token that asks for single checks is
 * answered by its cluster (`durable-objects/apiserver/discovery/health.ts`).
 */
export function answerHealth(path: string, query: string, hasToken = false): EdgeResponse | undefined {
  const [matched, name = '', check] = PATH.exec(path) ?? [];
  if (matched === undefined || (check !== undefined && !CHECKS.includes(check))) return undefined;
  const asked = new URLSearchParams(query);
  if (hasToken && asked.has('verbose')) return undefined;
  const text = check === undefined && asked.has('verbose') ? verbose(name, new Set(asked.getAll('exclude'))) : 'ok';
  // Upstream's single checks come without it.
  return respond(text, { headers: check === undefined ? { ...HEADERS, ...NO_SNIFF } : HEADERS });
}

function verbose(name: string, excluded: ReadonlySet<string>): string {
  const lines = CHECKS.map((check) => `[+]${check}${excluded.has(check) ? ' excluded:' : ''} ok`);
  const unknown = [...excluded].filter((check) => !CHECKS.includes(check)).sort();
  if (unknown.length > 0) {
    const names = unknown.map((check) => JSON.stringify(check)).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  return [...lines, `${name} check passed`, ''].join('\n');
}
