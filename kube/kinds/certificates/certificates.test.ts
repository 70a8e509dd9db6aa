import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import { FORGED, ISSUED, JANE } from '../../testing/certificate-requests.ts';
import { BY, created, createErrors } from '../../testing/strategy.ts';
import type { CertificateSigningRequest } from '../../types.ts';
import { toBase64 } from '../validation/base64.ts';
import { certificateSigningRequest as kind } from './certificate-signing-request.ts';

type CSR = CertificateSigningRequest;
type Conditions = NonNullable<NonNullable<CSR['status']>['conditions']>;

const pem = (type: string, body = 'YWJj'): string =>
  toBase64(`-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`);
const REQUEST = JANE;
const CERTIFICATE = ISSUED;

function request(spec: Partial<CSR['spec']> = {}): CSR {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'jane' },
    spec: { request: REQUEST, signerName: 'example.com/signer', usages: ['client auth'], ...spec },
  };
}

test('the server sets the requestor, and no request is approved from the start', () => {
  const made = created(kind, {
    ...request({ username: 'evil', uid: 'u', groups: ['system:masters'], extra: { a: ['b'] } }),
    status: { conditions: [{ type: 'Approved', status: 'True' }] },
  });
  expect(made.spec).toEqual({ ...request().spec, username: 'jane', groups: ['staff'] });
  expect(made.status).toEqual({});
});

const USAGES =
  '"any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"';
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const FORM = "must be a fully qualified domain and path of the form 'example.com/signer-name'";

/** As kube-apiserver 1.36 answered. */
test.each<[Partial<CSR['spec']>, string[]]>([
  [{}, []],
  [{ request: toBase64(`hello\n${atob(REQUEST)}trailing`) }, []],
  [
    { request: toBase64('nope') },
    ['spec.request: Invalid value: "bm9wZQ==": PEM block type must be CERTIFICATE REQUEST'],
  ],
  [
    { request: undefined as unknown as string },
    ['spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST'],
  ],
  [
    { request: pem('NEW CERTIFICATE REQUEST') },
    [`spec.request: Invalid value: "${pem('NEW CERTIFICATE REQUEST')}": PEM block type must be CERTIFICATE REQUEST`],
  ],
  [
    { request: pem('CERTIFICATE REQUEST') },
    [`spec.request: Invalid value: "${pem('CERTIFICATE REQUEST')}": asn1: structure error: tags don't match`],
  ],
  [{ request: FORGED }, []],
  [{ usages: [] }, ['spec.usages: Required value']],
  [{ usages: ['client auth', 'bad'] }, [`spec.usages[1]: Unsupported value: "bad": supported values: ${USAGES}`]],
  [{ usages: ['client auth', 'client auth'] }, ['spec.usages[1]: Duplicate value: "client auth"']],
  [{ signerName: '' }, ['spec.signerName: Required value']],
  [{ signerName: 'nodot' }, [`spec.signerName: Invalid value: "nodot": ${FORM}`]],
  [{ signerName: 'a.b/c/d' }, [`spec.signerName: Invalid value: "a.b/c/d": ${FORM}`]],
  [
    { signerName: 'kubernetes.io/legacy-unknown' },
    [
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
  ],
  [{ signerName: 'example.com/' }, [`spec.signerName: Invalid value: "": validating label "": ${SUBDOMAIN}`]],
  [{ signerName: 'example.com/A_b' }, [`spec.signerName: Invalid value: "A_b": validating label "A_b": ${SUBDOMAIN}`]],
  [
    { signerName: 'example/foo' },
    ['spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots'],
  ],
  [
    { expirationSeconds: 599 },
    ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
  ],
  [{ expirationSeconds: 600 }, []],
])('create with %j', (spec, errors) => {
  expect(createErrors(kind, request(spec))).toEqual(errors);
});

const OLD: CSR = { ...request(), status: { conditions: [condition('Approved'), condition('Failed')] } };

function condition(type: string, status = 'True', more: Partial<Conditions[number]> = {}): Conditions[number] {
  return { type, status, lastUpdateTime: 'before', lastTransitionTime: 'before', ...more } as Conditions[number];
}

/** The status after a change, and the errors. */
function change(through: 'status' | 'approval', old: CSR, status: CSR['status']) {
  const next = structuredClone({ ...old, status });
  const before = structuredClone(old);
  const { strategy } = kind;
  const own = strategy.subresources?.[through];
  if (own) own.prepareForUpdate(next, old, BY);
  else strategy.prepareForStatusUpdate?.(next, old, BY);
  const errors = (own ? own.validateUpdate(next, old) : (strategy.validateStatusUpdate?.(next, old) ?? [])).map(
    errorText,
  );
  expect(old).toEqual(before);
  return { status: next.status as CSR['status'], errors };
}

/** As kube-apiserver 1.36 answered. */
test.each<[through: 'status' | 'approval', conditions: object[], errors: string[]]>([
  ['approval', [{ type: 'Approved' }], ['status.conditions[0].status: Required value']],
  ['approval', [{ status: 'True' }], ['status.conditions[0].type: Required value']],
  [
    'approval',
    [{ type: 'Approved', status: 'False' }],
    ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
  ],
  [
    'approval',
    [{ type: 'Other', status: 'Maybe' }],
    ['status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"'],
  ],
  ['approval', [{ type: 'Other', status: 'Unknown' }], []],
  [
    'approval',
    [condition('Approved'), condition('Denied')],
    ['status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'],
  ],
  [
    'approval',
    [condition('Approved'), condition('Approved')],
    ['status.conditions[1].type: Duplicate value: "Approved"'],
  ],
  [
    'status',
    [condition('Approved')],
    ['status.conditions: Forbidden: updates may not add a condition of type "Approved"'],
  ],
  ['status', [condition('Failed')], []],
])('%s of a new request with %j', (through, conditions, errors) => {
  expect(change(through, request(), { conditions: conditions as Conditions }).errors).toEqual(errors);
});

test('a decision is not taken back', () => {
  const forbidden = (type: string): string =>
    `status.conditions: Forbidden: updates may not remove a condition of type "${type}"`;
  expect(change('approval', OLD, {}).errors).toEqual([forbidden('Approved'), forbidden('Failed')]);
  expect(change('status', OLD, { conditions: [condition('Failed')] }).errors).toEqual([forbidden('Approved')]);
  const denied = [...(OLD.status?.conditions ?? []), condition('Denied')];
  expect(change('approval', OLD, { conditions: denied }).errors).toEqual([
    'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
  ]);
});

test('approval changes conditions alone, and says when', () => {
  const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove' } as Conditions[number];
  const { status, errors } = change('approval', request(), { certificate: 'x', conditions: [approved] });
  expect(errors).toEqual([]);
  expect(status).toEqual({ conditions: [{ ...approved, lastUpdateTime: BY.now, lastTransitionTime: BY.now }] });
  // The same decision in other words was not made again.
  const again = [{ ...approved, reason: 'Changed' }, condition('Failed')];
  expect(change('approval', OLD, { conditions: again }).status?.conditions?.[0]).toEqual({
    ...approved,
    reason: 'Changed',
    lastUpdateTime: BY.now,
    lastTransitionTime: 'before',
  });
});

test('the status keeps decisions as they were', () => {
  const reworded = [condition('Failed'), condition('Approved', 'True', { reason: 'Changed' })];
  expect(change('status', OLD, { conditions: reworded })).toEqual({
    status: { conditions: [condition('Failed'), condition('Approved')] },
    errors: [],
  });
});

test.each([
  [CERTIFICATE, undefined],
  [pem('CERTIFICATE'), 'x509: malformed certificate'],
  [pem('CERTIFICATE', ''), 'found CERTIFICATE PEM block containing 0 certificates'],
  [toBase64('abc'), 'must contain at least one CERTIFICATE PEM block'],
  [REQUEST, 'only CERTIFICATE PEM blocks are allowed, found "CERTIFICATE REQUEST"'],
  [pem('CERTIFICATE', 'A: b\n\nYWJj'), 'no PEM block headers are permitted'],
])('the certificate %s', (certificate, why) => {
  const { errors } = change('status', request(), { certificate });
  expect(errors).toEqual(why ? [`status.certificate: Invalid value: "<certificate data>": ${why}`] : []);
});

test('a certificate that was issued stays', () => {
  const issued: CSR = { ...request(), status: { certificate: CERTIFICATE } };
  const why = 'status.certificate: Forbidden: updates may not modify existing certificate content';
  const other = toBase64(`${atob(CERTIFICATE)}${atob(CERTIFICATE)}`);
  expect(change('status', issued, { certificate: other }).errors).toEqual([why]);
  expect(change('status', issued, {}).errors).toEqual([why]);
  expect(change('status', issued, { ...issued.status, conditions: [] }).errors).toEqual([]);
});

test('a request for a client certificate is warned of, once', () => {
  const asked = request({ signerName: 'kubernetes.io/kube-apiserver-client' });
  expect(kind.strategy.warnings?.(asked)).toEqual([expect.stringContaining('client certificates cannot sign in')]);
  expect(kind.strategy.warnings?.(asked, asked)).toEqual([]);
  expect(kind.strategy.warnings?.(request({ signerName: 'kubernetes.io/kubelet-serving' }))).toEqual([]);
});
