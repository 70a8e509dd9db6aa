/**
 * `pkg/apis/certificates/validation`, but for the signature of a request: WebCrypto answers later, so the API server
 * checks it before (`durable-objects/apiserver/admission/certificates/request-signature.ts`).
 */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { CertificateSigningRequest } from '../../types.ts';
import { notAfterOf } from '../../x509/certificate.ts';
import { fromBase64, fromBase64Bytes } from '../validation/base64.ts';
import { type PemBlock, pemBlocks } from '../validation/pem.ts';
import { repeated } from '../validation/repeated.ts';
import { validateSignerName } from '../validation/signer-name.ts';
import { requestProblem } from './request.ts';

type CSR = CertificateSigningRequest;
type Condition = NonNullable<NonNullable<CSR['status']>['conditions']>[number];

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const LEGACY = 'kubernetes.io/legacy-unknown';
const CONDITIONS = 'status.conditions';
const CERTIFICATE = 'status.certificate';
/** The conditions of an approval. `Failed` is set by the signer. */
export const DECISIONS = ['Approved', 'Denied'];
const FINAL = [...DECISIONS, 'Failed'];

/** Runs on create only: afterwards the spec is immutable. */
export function validateSpec({ spec }: CSR): FieldError[] {
  const errors: FieldError[] = [];
  const problem = requestProblem(spec.request);
  if (problem !== undefined) errors.push(requestError(spec.request, problem));
  errors.push(...validateUsages(spec.usages ?? []));
  if (spec.signerName === LEGACY) {
    const why = 'the legacy signerName is not allowed via this API version';
    errors.push(fieldError.invalid('spec.signerName', LEGACY, why));
  } else errors.push(...validateSignerName(spec.signerName ?? '', 'spec.signerName'));
  const { expirationSeconds } = spec;
  if (expirationSeconds !== undefined && expirationSeconds !== null && expirationSeconds < 600) {
    const why = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(fieldError.invalid('spec.expirationSeconds', expirationSeconds, why));
  }
  return errors;
}

export function requestError(request: string | undefined, why: string): FieldError {
  return fieldError.invalid('spec.request', request, why);
}

function validateUsages(usages: readonly string[]): FieldError[] {
  if (usages.length === 0) return [fieldError.required('spec.usages')];
  const field = (index: number): string => `spec.usages[${index}]`;
  return [
    ...usages.flatMap((usage, i) => (USAGES.includes(usage) ? [] : fieldError.notSupported(field(i), usage, USAGES))),
    ...Array.from(repeated(usages), (i) => fieldError.duplicate(field(i), usages[i])),
  ];
}

/** Through `/status`: the certificate, once, and conditions that decide nothing. */
export function validateStatusUpdate(next: CSR, old: CSR): FieldError[] {
  const errors = [...validateConditions(next), ...validateCertificate(next, old), ...removed(next, old)];
  for (const type of DECISIONS) {
    const [is, was] = [ofType(next, type).length, ofType(old, type).length];
    if (is > was) errors.push(fieldError.forbidden(CONDITIONS, `updates may not add a condition of type "${type}"`));
  }
  if (old.status?.certificate && next.status?.certificate !== old.status.certificate) {
    errors.push(fieldError.forbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
  }
  return errors;
}

/** Through `/approval`: the conditions. */
export function validateApproval(next: CSR, old: CSR): FieldError[] {
  return [...validateConditions(next), ...removed(next, old)];
}

function validateConditions(csr: CSR): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { type = '', status = '' }] of conditionsOf(csr).entries()) {
    const field = `${CONDITIONS}[${index}]`;
    if (type === '') errors.push(fieldError.required(`${field}.type`));
    const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (status === '') errors.push(fieldError.required(`${field}.status`));
    else if (!allowed.includes(status)) errors.push(fieldError.notSupported(`${field}.status`, status, allowed));
    if (DECISIONS.includes(type) && DECISIONS.some((other) => other !== type && seen.has(other))) {
      errors.push(fieldError.invalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (seen.has(type)) errors.push(fieldError.duplicate(`${field}.type`, type));
    seen.add(type);
  }
  return errors;
}

function removed(next: CSR, old: CSR): FieldError[] {
  return FINAL.filter((type) => ofType(next, type).length < ofType(old, type).length).map((type) =>
    fieldError.forbidden(CONDITIONS, `updates may not remove a condition of type "${type}"`),
  );
}

function validateCertificate(next: CSR, old: CSR): FieldError[] {
  const certificate = next.status?.certificate;
  if (!certificate || certificate === old.status?.certificate) return [];
  const why = certificateProblem(blocksOf(certificate));
  return why === undefined ? [] : [fieldError.invalid(CERTIFICATE, '<certificate data>', why)];
}

function certificateProblem(blocks: readonly PemBlock[]): string | undefined {
  for (const { type, headers, body } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`;
    if (headers) return 'no PEM block headers are permitted';
    if (body === '') return 'found CERTIFICATE PEM block containing 0 certificates';
    try {
      notAfterOf(fromBase64Bytes(body));
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

function blocksOf(base64: string | undefined): PemBlock[] {
  return pemBlocks(fromBase64(base64 ?? ''));
}

export function conditionsOf({ status }: CSR): Condition[] {
  return status?.conditions ?? [];
}

export function ofType(csr: CSR, type: string): Condition[] {
  return conditionsOf(csr).filter((condition) => condition.type === type);
}
