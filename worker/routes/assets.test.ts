import { expect, test } from 'vitest';
import type { EdgeRequest, Env } from '../env.ts';
import { serveAsset } from './assets.ts';

const PAGE = '<meta name="csp-nonce" nonce="%CSP_NONCE%">';
const files: Readonly<Record<string, string>> = { '/index.html': PAGE, '/assets/main-1.js': 'run()' };

const env = {
  ASSETS: {
    fetch: async (url: string) => {
      const file = files[new URL(url).pathname];
      return new Response(file ?? 'none', { status: file === undefined ? 404 : 200 });
    },
  },
} as unknown as Env;

async function serve(path: string, method = 'GET') {
  return serveAsset(new Request(`http://islet${path}`, { method }) as unknown as EdgeRequest, env, path);
}

test('the page allows the style elements of its own nonce, another one in each answer, and is not kept', async () => {
  const nonces = new Set<string>();
  for (const path of ['/', '/index.html']) {
    const answer = await serve(path);
    const nonce = /nonce="([^"%]+)"/.exec(await answer.text())?.[1] ?? '';
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}';`);
    expect(policy).toContain("default-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(2);
});

test('a file with a hash in its name is kept, and allows nothing inline', async () => {
  const answer = await serve('/assets/main-1.js');
  expect(await answer.text()).toBe('run()');
  expect(answer.headers.get('cache-control')).toContain('immutable');
  expect(answer.headers.get('content-security-policy')).toContain("style-src 'self';");
  expect(await (await serve('/', 'HEAD')).text()).toBe('');
});

test.each(['/assets/../index.html', '/openapi/v3.json', '/assets/none.js', '/assets/main-1', '/etc/passwd'])(
  '%s is not there',
  async (path) => {
    expect((await serve(path)).status).toBe(404);
  },
);
