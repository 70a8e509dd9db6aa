/** Static files: the dashboard. One `ASSETS` fetcher, locally a folder and in production Workers' static assets. */
import { type EdgeRequest, type EdgeResponse, type Env, respond } from '../env.ts';
import { notFound } from '../statuses.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  map: 'application/json',
};

/** Stands in the page for the nonce of its answer. */
const NONCE_PLACE = '%CSP_NONCE%';

/**
 * The page loads nothing from elsewhere and cannot be framed. Style elements that its editor and its terminal make carry
 * the answer's nonce (`web/src/style/nonce.ts`); other inline styles and scripts are refused.
 */
function contentPolicy(nonce?: string): string {
  const styles = nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`;
  return `default-src 'self'; style-src ${styles}; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
}

const NO_DASHBOARD = 'The dashboard is not built: run `npm run build`, or start with `npm start`.\n';

export async function serveAsset(request: EdgeRequest, env: Env, path: string): Promise<EdgeResponse> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return notFound();
  const page = path === '/' || path === '/index.html';
  const file = page ? '/index.html' : path;
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)];
  if (!type || file.includes('..') || file.startsWith('/openapi/')) return notFound();
  const found = await fetchAsset(env, file);
  if (!found)
    return page ? respond(NO_DASHBOARD, { status: 404, headers: { 'Content-Type': 'text/plain' } }) : notFound();
  const nonce = page ? crypto.randomUUID() : undefined;
  const text = nonce === undefined ? undefined : (await found.text()).replaceAll(NONCE_PLACE, nonce);
  return respond(request.method === 'HEAD' ? null : (text ?? (found.body as unknown as BodyInit)), {
    headers: {
      'Content-Type': type,
      // The build puts a hash of the content into the names below this folder. A nonce is for one answer.
      'Cache-Control': file.startsWith('/assets/')
        ? 'public, max-age=31536000, immutable'
        : page
          ? 'no-store'
          : 'no-cache',
      'Content-Security-Policy': contentPolicy(nonce),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      // A page that has opened this one, or is opened by it, has no hold of its window.
      'Cross-Origin-Opener-Policy': 'same-origin',
    },
  });
}

/** A file of the assets folder, by its whole path. */
export async function fetchAsset(env: Env, path: string): Promise<EdgeResponse | undefined> {
  const answer = await env.ASSETS?.fetch(`http://assets${path}`);
  return answer?.ok ? answer : undefined;
}
