import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { ISSUER_HEADER } from '../../../wire/identity.ts';
import { START, testApi } from '../testing/harness.ts';
import { node, PODS, pod } from '../testing/objects.ts';
import type { TokenRequest } from './token.ts';

const ISSUER = 'https://islet.example/clusters/abcdefghij';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
type Answer = TokenRequest & { status: { token: string; expirationTimestamp: string } };

async function setUp() {
  const api = await testApi();
  const account = await api.create<KubeObject>(ACCOUNTS, { metadata: { name: 'robot' } });
  const ask = (body: object, name = 'robot') =>
    api.call<Answer & { message?: string }>(`POST ${ACCOUNTS}/${name}/token`, {
      body,
      headers: { [ISSUER_HEADER]: ISSUER, 'user-agent': 'kubectl/1' },
    });
  return { ...api, account, ask };
}

test('a token is for the API and for an hour, unless more is asked', async () => {
  const { ask, account } = await setUp();
  const { status, body } = await ask({});
  expect(status).toBe(201);
  expect(body).toEqual({
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: 'robot',
      namespace: 'default',
      uid: account.metadata.uid,
      creationTimestamp: '2026-01-02T03:04:05Z',
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          apiVersion: 'authentication.k8s.io/v1',
          time: '2026-01-02T03:04:05Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:expirationSeconds': {} } },
          subresource: 'token',
        },
      ],
    },
    spec: { audiences: [ISSUER], expirationSeconds: 3600, boundObjectRef: null },
    status: { token: expect.any(String), expirationTimestamp: '2026-01-02T04:04:05Z' },
  });
  const seconds = START / 1000;
  expect(decodeJwt(body.status.token)).toEqual({
    aud: [ISSUER],
    exp: seconds + 3600,
    iat: seconds,
    nbf: seconds,
    iss: ISSUER,
    jti: expect.any(String),
    'islet.dev/cluster': 'abcdefghij',
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid: account.metadata.uid } },
    sub: 'system:serviceaccount:default:robot',
  });
});

const CONFLICT =
  'the UID in the bound object reference (zz) does not match the UID in record. The object might have been deleted and then recreated';

/** As kube-apiserver 1.36 answers. */
test.each<[object, number, string]>([
  [
    { spec: { expirationSeconds: 599 } },
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
  ],
  [
    { spec: { expirationSeconds: 2 ** 32 + 1 } },
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
  ],
  [
    { metadata: { name: 'b' } },
    422,
    'TokenRequest.authentication.k8s.io "robot" is invalid: metadata.name: Invalid value: "b": must match the service account name if specified',
  ],
  [
    { metadata: { namespace: 'b' } },
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [{ spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'x' } } }, 404, 'pods "x" not found'],
  [
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'a/b' } } },
    400,
    'Name parameter invalid: "a/b": may not contain \'/\'',
  ],
  [{ spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'x' } } }, 404, 'nodes "x" not found'],
  [
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } } },
    400,
    'cannot bind token to object of type /v1, Kind=ConfigMap',
  ],
  [
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'other' } } },
    400,
    'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
  ],
  [
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'zz' } } },
    409,
    `Operation cannot be fulfilled on Secret "s": ${CONFLICT}`,
  ],
])('%j is refused', async (body, status, message) => {
  const { ask, create } = await setUp();
  await create('/api/v1/namespaces/default/secrets', { metadata: { name: 's' } });
  await create(PODS, pod('other', {}));
  const reply = await ask(body);
  expect([reply.status, reply.body.message]).toEqual([status, message]);
});

test('the account must be there, and be the one that is meant', async () => {
  const { ask, account } = await setUp();
  expect((await ask({}, 'nix')).body.message).toBe('serviceaccounts "nix" not found');
  const { status, body } = await ask({ metadata: { uid: 'zz' } });
  expect([status, body.message]).toEqual([
    409,
    `Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "robot": the UID in the token request (zz) does not match the UID of the service account (${account.metadata.uid})`,
  ]);
});

test("a pod's token names its node, and one of admission's counts for a year but warns", async () => {
  const { ask, create } = await setUp();
  const n1 = await create('/api/v1/nodes', node('n1'));
  const web = await create(PODS, pod('web', { spec: { serviceAccountName: 'robot', nodeName: 'n1' } }));
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: web.metadata.uid };
  const of = async (spec: object) => {
    const { body } = await ask({ spec: { boundObjectRef, ...spec } });
    const { exp = 0, iat = 0, ...claims } = decodeJwt<{ 'kubernetes.io': { warnafter?: number } }>(body.status.token);
    return { body, seconds: exp - iat, own: claims['kubernetes.io'] };
  };
  const asked = await of({ expirationSeconds: 3607 });
  expect(asked.seconds).toBe(365 * 24 * 3600);
  expect(asked.own).toMatchObject({
    pod: { name: 'web', uid: web.metadata.uid },
    node: { name: 'n1', uid: n1.metadata.uid },
    warnafter: START / 1000 + 3607,
  });
  expect(asked.body.status.expirationTimestamp).toBe('2026-01-02T04:04:12Z');
  const foreign = await of({ expirationSeconds: 3607, audiences: ['vault'] });
  expect([foreign.seconds, foreign.own.warnafter]).toEqual([3607, undefined]);
});
