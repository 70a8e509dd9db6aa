import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { issuerOf } from '../../wire/issuer.ts';
import { accountPayload } from '../../wire/service-account-tokens.ts';
import { keySetFrom } from '../../wire/tokens.ts';
import type { EdgeRequest, Env } from '../env.ts';
import { locate } from '../location.ts';
import { serveCluster } from './cluster.ts';

const KEY = JSON.stringify(await key());

async function key(): Promise<JsonWebKey> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  return crypto.subtle.exportKey('jwk', pair.privateKey);
}

/** A GET without a token. */
async function get(url: string, more: Partial<Env> = {}) {
  const env = { ISLET_SIGNING_KEY: KEY, ...more } as Env;
  const location = locate(url);
  const [, id = '', path = ''] = /^\/clusters\/([^/]+)(.*)$/.exec(location.path) ?? [];
  const request = { method: 'GET', headers: new Headers() } as unknown as EdgeRequest;
  const answer = await serveCluster(request, env, location, { id, path });
  return { headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

test("a relying party verifies a token with nothing but its issuer's URL", async () => {
  const issuer = 'https://islet.example/clusters/abcdefghij';
  const binding = { audiences: ['vault'], namespace: 'ns', account: { name: 'a', uid: 'u' } };
  const now = Math.floor(Date.now() / 1000);
  const order = { issuer, cluster: 'abcdefghij', binding, jti: 'j', now, expires: 600 };
  const token = await keySetFrom(KEY).signPayload(accountPayload(order));

  const discovery = await get(`${issuer}/.well-known/openid-configuration`);
  expect(discovery.headers.get('content-type')).toBe('application/json');
  expect(discovery.headers.get('cache-control')).toBe('public, max-age=3600');
  expect(discovery.body).toEqual({
    issuer,
    jwks_uri: `${issuer}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  });
  const keys = await get(String(discovery.body.jwks_uri));
  expect(keys.headers.get('content-type')).toBe('application/jwk-set+json');
  const trusted = createLocalJWKSet(keys.body as unknown as JSONWebKeySet);
  const { payload } = await jwtVerify(token, trusted, { issuer, audience: 'vault' });
  expect(payload.sub).toBe('system:serviceaccount:ns:a');
});

test('the issuer is the same at every address where the deployment says its own', async () => {
  const asked = { secure: true, host: '127.0.0.1:7443' };
  expect(issuerOf({}, asked, 'abcdefghij')).toBe('https://127.0.0.1:7443/clusters/abcdefghij');
  expect(issuerOf({ ISLET_URL: 'https://islet.example/' }, asked, 'abcdefghij')).toBe(
    'https://islet.example/clusters/abcdefghij',
  );
  expect(issuerOf({ ISLET_DOMAIN: 'islet.example' }, asked, 'abcdefghij')).toBe('https://abcdefghij.islet.example');
  const { body } = await get('https://other/clusters/abcdefghij/.well-known/openid-configuration', {
    ISLET_DOMAIN: 'islet.example',
  });
  expect(body.jwks_uri).toBe('https://abcdefghij.islet.example/openid/v1/jwks');
});

test('the document is read by GET alone', async () => {
  const location = locate('https://islet.example/clusters/abcdefghij/.well-known/openid-configuration');
  const target = { id: 'abcdefghij', path: '/.well-known/openid-configuration' };
  for (const method of ['HEAD', 'POST']) {
    const request = { method, headers: new Headers() } as unknown as EdgeRequest;
    const { status } = await serveCluster(request, { ISLET_SIGNING_KEY: KEY } as Env, location, target);
    expect(status).toBe(405);
  }
});
