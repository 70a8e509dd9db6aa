import { expect, test } from 'vitest';
import { ISSUED, JANE, NODE_CLIENT, NODE_SERVING } from '../../kube/testing/certificate-requests.ts';
import type { CertificateSigningRequest } from '../../kube/types.ts';
import { certificateController } from './certificate-controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { planFor } from './runtime/testing/plan-for.ts';

type CSR = CertificateSigningRequest;
type Status = CSR['status'];

const NOW = Date.parse('2026-01-01T00:00:01Z');
const HOUR = 3_600_000;
const KUBELET = 'kubernetes.io/kube-apiserver-client-kubelet';
const CLIENT_USAGES = ['client auth', 'digital signature'];

function request(spec: Partial<CSR['spec']>, status: Status = {}): CSR {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'r' },
    spec: { request: JANE, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec },
    status,
  };
}

function condition(type: string, lastUpdateTime = '2026-01-01T00:00:00Z') {
  return { type, status: 'True', lastUpdateTime } as unknown as NonNullable<NonNullable<Status>['conditions']>[number];
}

function plan(object: CSR, now = NOW): Plan {
  return planFor(certificateController, 'certificatesigningrequests.certificates.k8s.io//r', [object], now);
}

const APPROVED: Status = { conditions: [condition('Approved')] };

/** The message of the `Failed` condition; undefined where the request is signed. */
function verdict(spec: Partial<CSR['spec']>): string | undefined {
  const [action] = plan(request(spec, APPROVED)).actions;
  if (action?.do === 'effect') return undefined;
  const { status } = (action as Action & { do: 'update-status' }).object as unknown as CSR;
  expect(status?.conditions?.[1]).toMatchObject({ type: 'Failed', reason: 'SignerValidationFailure' });
  return status?.conditions?.[1]?.message;
}

/** In the words of upstream's signers. */
test.each<[Partial<CSR['spec']>, string | undefined]>([
  [{}, undefined],
  [{ usages: ['client auth', 'key encipherment', 'digital signature'] }, undefined],
  [{ usages: ['client auth', 'server auth'] }, 'invalid usage for client certificate: server auth'],
  [{ usages: ['digital signature'] }, 'missing required usage for client certificate: client auth'],
  [{ signerName: KUBELET, usages: CLIENT_USAGES }, 'subject organization is not system:nodes'],
  [{ signerName: KUBELET, usages: CLIENT_USAGES, request: NODE_CLIENT }, undefined],
  [
    { signerName: KUBELET, usages: ['client auth'], request: NODE_CLIENT },
    'usages did not match [client auth digital signature key encipherment]',
  ],
  [{ signerName: KUBELET, usages: CLIENT_USAGES, request: NODE_SERVING }, 'DNS subjectAltNames are not allowed'],
  [
    {
      signerName: 'kubernetes.io/kubelet-serving',
      usages: ['server auth', 'digital signature'],
      request: NODE_SERVING,
    },
    undefined,
  ],
  [
    { signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth', 'digital signature'], request: NODE_CLIENT },
    'DNS or IP subjectAltName is required',
  ],
  [
    { signerName: 'kubernetes.io/kubelet-serving', usages: ['server auth'], request: NODE_SERVING },
    'usages did not match [digital signature key encipherment server auth]',
  ],
  [{ signerName: 'kubernetes.io/legacy-unknown', usages: ['any'] }, undefined],
])('an approved request with %j', (spec, message) => {
  expect(verdict(spec)).toBe(message);
});

test.each<[string, Partial<CSR['spec']>, Status]>([
  ['of another domain', { signerName: 'example.com/signer' }, APPROVED],
  ['that waits', {}, {}],
  ['that was denied', {}, { conditions: [condition('Denied')] }],
  ['that failed', {}, { conditions: [condition('Approved'), condition('Failed')] }],
  ['that has its certificate', {}, { ...APPROVED, certificate: ISSUED }],
])('a request %s is left alone', (_, spec, status) => {
  expect(plan(request(spec, status)).actions).toEqual([]);
});

test('a kubelet’s request is approved where its user may ask for it: for itself, or for any node', () => {
  const spec = { signerName: KUBELET, usages: CLIENT_USAGES, request: NODE_CLIENT, groups: ['system:nodes'] };
  const [own] = plan(request({ ...spec, username: 'system:node:n1' })).actions;
  expect(own).toMatchObject({
    do: 'if-allowed',
    review: {
      user: 'system:node:n1',
      groups: ['system:nodes'],
      resourceAttributes: { verb: 'create', resource: 'certificatesigningrequests', subresource: 'selfnodeclient' },
    },
    allowed: [{ do: 'update', subresource: 'approval' }],
    denied: [{ do: 'if-allowed', review: { resourceAttributes: { subresource: 'nodeclient' } } }],
  });
  const [other] = plan(request({ ...spec, username: 'system:bootstrap:abc' })).actions;
  const approval = (other as Action & { do: 'if-allowed' }).allowed[0] as Action & { do: 'update' };
  expect((approval.object as unknown as CSR).status?.conditions).toEqual([
    {
      type: 'Approved',
      status: 'True',
      reason: 'AutoApproved',
      message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    },
  ]);
  expect(other).not.toHaveProperty('denied');
  expect(plan(request({ ...spec, request: JANE })).actions).toEqual([]);
});

test.each<[string, Status, number | undefined]>([
  ['waits', {}, 24],
  ['was denied', { conditions: [condition('Denied')] }, 1],
  ['failed', { conditions: [condition('Approved'), condition('Failed')] }, 1],
  ['was approved and not signed', APPROVED, 24],
  ['has its certificate', { ...APPROVED, certificate: ISSUED }, 1],
  ['is neither', { conditions: [condition('Other')] }, undefined],
])('a request that %s is deleted in time', (_, status, hours) => {
  const made = { ...request({ signerName: 'example.com/signer' }, status) };
  if (hours === undefined) {
    expect(plan(made, NOW + 1000 * HOUR)).toEqual({ actions: [] });
    return;
  }
  const end = Date.parse('2026-01-01T00:00:00Z') + hours * HOUR;
  expect(plan(made, end)).toEqual({ actions: [], requeueAfter: 1 });
  expect(plan(made, end + 1).actions).toMatchObject([{ do: 'delete', target: { name: 'r', uid: 'uid-r' } }]);
});

test('a request goes when its certificate has expired', () => {
  const late = Date.parse('2036-11-23T20:53:23Z');
  const made = request({}, { conditions: [condition('Approved', '2036-11-23T20:53:00Z')], certificate: ISSUED });
  expect(plan(made, late).actions).toMatchObject([{ do: 'delete' }]);
});
