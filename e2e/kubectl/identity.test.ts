/** Identity inside the cluster with a real kubectl: service accounts, their tokens, and whose tokens are. */
import { get } from 'node:https';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

describe.skipIf('skip' in found)('service accounts', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    await kubectl.ok('create serviceaccount robot');
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const token = async (flags = ''): Promise<string> => (await kubectl.ok(`create token robot ${flags}`)).trim();
  const whoami = (bearer: string) => kubectl.run(['auth', 'whoami', '-o', 'json', '--token', bearer]);

  test('a token signs its account in, with or without a path to the cluster', async () => {
    const bearer = await token();
    const { status } = JSON.parse((await whoami(bearer)).stdout);
    expect(status.userInfo).toMatchObject({
      username: 'system:serviceaccount:default:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${decodeJwt(bearer).jti}`] },
    });
    // The path of `server:` is dropped here, as by clients that find the API by its host and port alone.
    const raw = await kubectl.run(['get', '--raw', '/apis/apps', '--token', bearer]);
    expect(JSON.parse(raw.stdout)).toMatchObject({ kind: 'APIGroup', name: 'apps' });
    const secrets = await kubectl.run(['get', 'secrets', '--token', bearer]);
    expect(secrets.stderr).toContain(
      'secrets is forbidden: User "system:serviceaccount:default:robot" cannot list resource "secrets"',
    );
  });

  test('its lifetime is as asked, within bounds, and another audience does not open the API', async () => {
    const { exp = 0, iat = 0, aud, iss } = decodeJwt(await token('--duration=15m'));
    expect([exp - iat, aud]).toEqual([900, [iss]]);
    expect(await kubectl.fails('create token robot --duration=1s')).toContain(
      'spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
    );
    const vault = await token('--audience=vault --audience=bank');
    expect(decodeJwt(vault).aud).toEqual(['vault', 'bank']);
    expect((await whoami(vault)).stderr).toContain('Unauthorized');
  });

  test.each([
    ['Secret', 'create secret generic', ''],
    ['Pod', 'run', '--image=x --overrides={"spec":{"serviceAccountName":"robot"}}'],
    ['Node', 'get node', ''],
  ])('a token ends with the %s that it is bound to', async (kind, create, flags) => {
    const name = kind === 'Node' ? 'sim-0' : `bound-${kind.toLowerCase()}`;
    const object = await kubectl.json<{ metadata: { uid: string } }>(`${create} ${name} ${flags}`);
    const { uid } = object.metadata;
    const bound = `--bound-object-kind=${kind} --bound-object-name=${name}`;
    expect(await kubectl.fails(`create token robot ${bound} --bound-object-uid=zz`)).toContain(
      'the UID in the bound object reference (zz) does not match the UID in record',
    );
    const bearer = await token(`${bound} --bound-object-uid=${uid}`);
    expect((await whoami(bearer)).code).toBe(0);
    await kubectl.ok(`delete ${kind} ${name} --now`);
    await eventually(async () => expect((await whoami(bearer)).stderr).toContain('Unauthorized'));
  });

  test('a token ends with its account', async () => {
    await kubectl.ok('create serviceaccount passing');
    const bearer = (await kubectl.ok('create token passing')).trim();
    expect((await whoami(bearer)).code).toBe(0);
    await kubectl.ok('delete serviceaccount passing');
    expect((await whoami(bearer)).stderr).toContain('Unauthorized');
    await kubectl.ok('create serviceaccount passing');
    expect((await whoami(bearer)).stderr).toContain('Unauthorized');
  });

  test('a watch ends with the account whose token opened it', async () => {
    await kubectl.ok('create serviceaccount watcher');
    await kubectl.ok('create rolebinding watcher --clusterrole=view --serviceaccount=default:watcher');
    const bearer = (await kubectl.ok('create token watcher')).trim();
    await kubectl.ok('create configmap seen');
    const watch = kubectl.start(['get', 'configmaps', '-w', '--token', bearer]);
    const ended = new Promise((resolve) => watch.once('close', resolve));
    let text = '';
    watch.stdout?.on('data', (chunk) => (text += chunk));
    await eventually(() => expect(text).toContain('seen'));
    await kubectl.ok('create configmap later');
    await eventually(() => expect(text).toContain('later'));
    await kubectl.ok('delete serviceaccount watcher');
    await ended;
  });

  test('a token Secret is filled, signs its account in, and says when it was used', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'old', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      type: 'kubernetes.io/service-account-token',
    };
    await kubectl.ok('create -f -', JSON.stringify(secret));
    const kept = () => kubectl.json<{ data?: { token?: string }; metadata: { labels?: object } }>('get secret old');
    const bearer = await eventually(async () => {
      const { data } = await kept();
      expect(data).toMatchObject({ token: expect.any(String), 'ca.crt': expect.any(String) });
      return Buffer.from(data?.token ?? '', 'base64').toString();
    });
    expect(JSON.parse((await whoami(bearer)).stdout).status.userInfo.username).toBe(
      'system:serviceaccount:default:robot',
    );
    const today = new Date().toISOString().slice(0, 10);
    await eventually(async () =>
      expect((await kept()).metadata.labels).toEqual({ 'kubernetes.io/legacy-token-last-used': today }),
    );
    await kubectl.ok('delete secret old');
    expect((await whoami(bearer)).stderr).toContain('Unauthorized');
  });

  test('a review says whose a token is', async () => {
    const bearer = await token('--audience=vault');
    const spec = { token: bearer, audiences: ['vault'] };
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
    const answer = await kubectl.ok('create -o json -f -', JSON.stringify(review));
    expect(JSON.parse(answer).status).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'system:serviceaccount:default:robot' },
    });
  });

  test("a relying party verifies a token with nothing but its issuer's URL", async () => {
    const bearer = await token('--audience=vault');
    const issuer = decodeJwt(bearer).iss ?? '';
    const read = (url: string) =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        get(url, { ca: kubectl.cluster.ca }, (answer) => {
          let text = '';
          answer.on('data', (chunk) => (text += chunk));
          answer.on('end', () => resolve(JSON.parse(text)));
        }).on('error', reject);
      });
    const discovery = await read(`${issuer}/.well-known/openid-configuration`);
    expect(discovery.issuer).toBe(issuer);
    const keys = createLocalJWKSet((await read(String(discovery.jwks_uri))) as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(bearer, keys, { issuer, audience: 'vault' });
    expect(payload.sub).toBe('system:serviceaccount:default:robot');
  });
});
