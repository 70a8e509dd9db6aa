import { expect, test } from 'vitest';
import {
  FORGED,
  JANE,
  MASTERS,
  NODE_CLIENT,
  NODE_SERVING,
  P384,
  P521,
  PSS,
} from '../../../../kube/testing/certificate-requests.ts';
import type { CertificateSigningRequest } from '../../../../kube/types.ts';
import { grant } from '../../testing/grant.ts';
import { type TestApi, testApi } from '../../testing/harness.ts';

type CSR = CertificateSigningRequest;

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const CLIENT = 'kubernetes.io/kube-apiserver-client';
const GROUP = 'certificates.k8s.io';
const JOE = { name: 'joe', groups: ['system:authenticated'] };

const request = (spec: object = {}) => ({
  metadata: { name: 'a' },
  spec: { request: JANE, signerName: 'example.com/signer', usages: ['client auth'], ...spec },
});

/** Joe may write requests, and has these rights over signers. */
async function withRights(verb: string, names: string[]): Promise<TestApi> {
  const resources = ['', '/status', '/approval'].map((part) => `certificatesigningrequests${part}`);
  const api = await testApi();
  await grant(api, JOE.name, [
    { verbs: ['*'], apiGroups: [GROUP], resources },
    { verbs: [verb], apiGroups: [GROUP], resources: ['signers'], resourceNames: names },
  ]);
  return api;
}

async function change({ create, call }: TestApi, part: 'approval' | 'status', status: object) {
  const made = await create<CSR>(REQUESTS, request());
  const reply = await call(`PUT ${REQUESTS}/a/${part}`, { user: JOE, body: { ...made, status } });
  return [reply.status, reply.body.message];
}

const APPROVED = { conditions: [{ type: 'Approved', status: 'True' }] };
const OTHER = { conditions: [{ type: 'Other', status: 'True' }] };
const forbidden = (doing: string): string =>
  `certificatesigningrequests.certificates.k8s.io "a" is forbidden: user not permitted to ${doing} requests with signerName "example.com/signer"`;

test.each([
  ['approve', 'approval', APPROVED],
  ['sign', 'status', OTHER],
] as const)('to %s needs that right over the signer, by its name or its domain', async (verb, part, status) => {
  for (const name of ['example.com/signer', 'example.com/*']) {
    expect(await change(await withRights(verb, [name]), part, status)).toEqual([200, undefined]);
  }
  for (const name of ['example.com/other', 'example.org/*', '*']) {
    expect(await change(await withRights(verb, [name]), part, status)).toEqual([403, forbidden(verb)]);
  }
  const other = verb === 'sign' ? 'approve' : 'sign';
  expect(await change(await withRights(other, ['example.com/*']), part, status)).toEqual([403, forbidden(verb)]);
});

test('a status that neither certificate nor conditions of change needs no right over the signer', async () => {
  expect(await change(await withRights('none', []), 'status', {})).toEqual([200, undefined]);
});

test('no client certificate is asked for system:masters', async () => {
  const { call } = await testApi();
  const ask = async (signerName: string) => {
    const reply = await call(`POST ${REQUESTS}?dryRun=All`, { body: request({ request: MASTERS, signerName }) });
    return [reply.status, reply.body.message];
  };
  expect(await ask('example.com/signer')).toEqual([201, undefined]);
  expect(await ask(CLIENT)).toEqual([
    403,
    `certificatesigningrequests.certificates.k8s.io "a" is forbidden: use of ${CLIENT} signer with system:masters group is not allowed`,
  ]);
});

test.each([JANE, NODE_CLIENT, NODE_SERVING, P384, P521, PSS])(
  '%#: a request with a good signature is taken',
  async (good) => {
    const { call } = await testApi();
    expect((await call(`POST ${REQUESTS}`, { body: request({ request: good }) })).status).toBe(201);
  },
);

test('a request that was not signed by its own key is refused, among whatever else is wrong', async () => {
  const { call } = await testApi();
  const reply = await call(`POST ${REQUESTS}`, { body: request({ request: FORGED, usages: [] }) });
  expect([reply.status, reply.body.message]).toEqual([
    422,
    `CertificateSigningRequest.certificates.k8s.io "a" is invalid: [spec.request: Invalid value: "${FORGED}": x509: ECDSA verification failure, spec.usages: Required value]`,
  ]);
  for (const spec of [undefined, { request: 5 }, { request: 'bm9wZQ==', usages: ['any'], signerName: 'a.b/c' }]) {
    expect((await call(`POST ${REQUESTS}`, { body: { metadata: { name: 'b' }, spec } })).status).toBeLessThan(500);
  }
});

test('a kubelet asks for certificates of its own node alone', async () => {
  const { call } = await testApi();
  const ask = async (node: string, signerName: string, usages = ['client auth', 'digital signature']) => {
    const user = { name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] };
    const body = request({ request: NODE_CLIENT, signerName, usages });
    const reply = await call(`POST ${REQUESTS}?dryRun=All`, { user, body });
    return [reply.status, reply.body.message];
  };
  const forbidden = [
    403,
    'certificatesigningrequests.certificates.k8s.io "a" is forbidden: can only create a node CSR with CN=system:node:n2',
  ];
  for (const signer of ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']) {
    expect(await ask('n1', signer)).toEqual([201, undefined]);
    expect(await ask('n2', signer)).toEqual(forbidden);
  }
  expect(await ask('n2', 'example.com/signer')).toEqual([201, undefined]);
});
