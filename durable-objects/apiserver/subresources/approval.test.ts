import { expect, test } from 'vitest';
import { JANE } from '../../../kube/testing/certificate-requests.ts';
import type { CertificateSigningRequest } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE } from '../testing/objects.ts';

type CSR = CertificateSigningRequest;

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const request = (name: string) => ({
  metadata: { name },
  spec: {
    request: JANE,
    signerName: 'example.com/signer',
    usages: ['client auth'],
    username: 'evil',
  },
});
const APPROVED = { type: 'Approved', status: 'True', reason: 'KubectlApprove' };

test('a request is approved through its subresource alone, which changes nothing else of it', async () => {
  const { call, create, clock } = await testApi();
  const asked = await create<CSR>(REQUESTS, request('jane'));
  expect(asked.spec).toMatchObject({ username: 'islet:admin', groups: ['system:masters', 'system:authenticated'] });
  clock.time += 60_000;
  const wanted = { ...asked, spec: { ...asked.spec, signerName: 'x.y/z' }, status: { conditions: [APPROVED] } };

  const elsewhere = await call<CSR>(`PUT ${REQUESTS}/jane`, { body: wanted });
  expect([elsewhere.body.status, elsewhere.body.spec]).toEqual([{}, asked.spec]);
  const refused = await call(`PUT ${REQUESTS}/jane/status`, { body: wanted });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'CertificateSigningRequest.certificates.k8s.io "jane" is invalid: status.conditions: Forbidden: updates may not add a condition of type "Approved"',
  ]);

  const reply = await call<CSR>(`PUT ${REQUESTS}/jane/approval`, {
    body: wanted,
    headers: { 'user-agent': 'kubectl/1' },
  });
  const time = '2026-01-02T03:05:05Z';
  expect([reply.status, reply.body.spec, reply.body.status]).toEqual([
    200,
    asked.spec,
    { conditions: [{ ...APPROVED, lastUpdateTime: time, lastTransitionTime: time }] },
  ]);
  expect(reply.headers.warning).toBeUndefined();
  // Neither spec nor status is a client's to own on create, and an object without managers is not tracked after that.
  expect(reply.body.metadata.managedFields).toBeUndefined();
});

test('a decision is patched, read, and not taken back', async () => {
  const { call, create } = await testApi();
  await create(REQUESTS, request('joe'));
  const approval = `${REQUESTS}/joe/approval`;
  const patch = (conditions: object[]) =>
    call<CSR>(`PATCH ${approval}`, { headers: MERGE, body: { status: { conditions } } });
  expect((await patch([{ ...APPROVED, type: 'Denied' }])).status).toBe(200);
  expect((await call<CSR>(`GET ${approval}`)).body.status?.conditions).toMatchObject([{ type: 'Denied' }]);
  expect((await patch([])).text).toContain('updates may not remove a condition of type \\"Denied\\"');
  expect((await call(`DELETE ${approval}`)).status).toBe(405);
  expect((await call(`GET ${REQUESTS}/nobody/approval`)).status).toBe(404);
});

test('a request without a certificate request in PEM is refused, whatever its name', async () => {
  const { call, create } = await testApi();
  await create(REQUESTS, request('system:node:a b'));
  const bad = request('bad');
  bad.spec.request = 'bm9wZQ==';
  expect((await call(`POST ${REQUESTS}`, { body: bad })).body.message).toBe(
    'CertificateSigningRequest.certificates.k8s.io "bad" is invalid: spec.request: Invalid value: "bm9wZQ==": PEM block type must be CERTIFICATE REQUEST',
  );
  bad.spec.request = '***';
  expect((await call(`POST ${REQUESTS}`, { body: bad })).status).toBe(400);
});
