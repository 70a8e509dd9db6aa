import { expect, test } from 'vitest';
import { parseQuery } from '../query.ts';
import { parseRequest } from '../request-info.ts';
import type { Server } from '../server.ts';
import { testApi } from '../testing/harness.ts';
import { PODS, pod } from '../testing/objects.ts';
import { Attributes } from './attributes.ts';
import { nodeToken } from './node-token.ts';

const USER = { name: 'system:node:n1', groups: ['system:nodes'] };

async function setUp(allowed = false) {
  const { store, create } = await testApi();
  const made = await create<{ metadata: { uid: string } }>(
    PODS,
    pod('a', {
      spec: {
        nodeName: 'n1',
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
          { name: 'd', csi: { driver: 'a.example.com' } },
        ],
      },
    }),
  );
  await create(PODS, pod('b', { spec: { nodeName: 'n2' } }));
  await create('/apis/storage.k8s.io/v1/csidrivers', {
    metadata: { name: 'a.example.com' },
    spec: { tokenRequests: [{ audience: 'driver' }] },
  });
  const { uid } = made.metadata;
  const asked: unknown[] = [];
  const authorize: Server['authorize'] = (attributes) => {
    asked.push(attributes);
    return { allowed, reason: '' };
  };
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const info = parseRequest('POST', path, parseQuery(''));
  const call = {
    info,
    user: USER,
    server: { store, authorize },
    kind: { resource: 'serviceaccounts', scope: 'Namespaced' },
  };
  const ask = (spec: object, node = 'n1') => {
    const object = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec };
    const attributes = new Attributes(call as unknown as ConstructorParameters<typeof Attributes>[0], {
      operation: 'CREATE',
      object,
    });
    try {
      nodeToken(attributes, node);
      return 'allowed';
    } catch (error) {
      return (error as Error).message.replace(/^serviceaccounts "default" is forbidden: /, '');
    }
  };
  const bound = (name: string, of = uid) => ({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid: of } });
  return { ask, bound, uid, asked };
}

test('a token is bound to a pod that runs on the node', async () => {
  const { ask, bound, uid } = await setUp();
  const audiences = ['vault'];
  expect(ask({ ...bound('a'), audiences })).toBe('allowed');
  expect(ask({ audiences })).toBe('node requested token not bound to a pod');
  expect(ask({ ...bound('a', ''), audiences })).toBe('node requested token with a pod binding without a uid');
  expect(ask({ ...bound('none'), audiences })).toBe('pods "none" not found');
  expect(ask({ ...bound('a', 'x'), audiences })).toContain('the UID in the bound object reference (x) does not match');
  expect(ask({ ...bound('a', uid), audiences }, 'n2')).toBe(
    'node requested token bound to a pod scheduled on a different node',
  );
});

test('its audience is one that a volume of the pod names, or one that the node was given', async () => {
  const { ask, bound, asked } = await setUp();
  expect(ask({ ...bound('a'), audiences: ['driver'] })).toBe('allowed');
  expect(ask({ ...bound('a'), audiences: ['vault', 'driver'] })).toBe('node may only request 0 or 1 audiences');
  expect(asked).toEqual([]);
  expect(ask({ ...bound('a'), audiences: ['other'] })).toBe(
    'audience "other" not found in pod spec volume, system:node:n1 is not authorized to request tokens for this audience',
  );
  expect(asked).toMatchObject([
    { verb: 'request-serviceaccounts-token-audience', resource: 'other', namespace: 'default', name: 'default' },
  ]);
  const trusting = await setUp(true);
  expect(trusting.ask({ ...trusting.bound('a'), audiences: ['other'] })).toBe('allowed');
});
