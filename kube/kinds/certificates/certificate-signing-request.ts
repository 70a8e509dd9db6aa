import type { CertificateSigningRequest } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { humanDuration } from '../columns/human-duration.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { strategy } from './strategy.ts';

type CSR = CertificateSigningRequest;

function condition({ status }: CSR): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type));
  const decision = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${types.has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

function requestedDuration({ spec }: CSR): string {
  return spec?.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000);
}

export const certificateSigningRequest = defineKind<CSR>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  scope: 'Cluster',
  support: 'acted-on',
  columns: [
    nameColumn,
    ageColumn,
    column<CSR>('SignerName', 'Who should sign.', ({ spec }) => spec?.signerName || NONE),
    column<CSR>('Requestor', 'Who asked.', ({ spec }) => spec?.username ?? ''),
    column('RequestedDuration', 'How long the certificate should be valid.', requestedDuration),
    column('Condition', 'What became of it.', condition),
  ],
  subresources: {
    status: true,
    others: { approval: { kind: 'CertificateSigningRequest', verbs: ['get', 'patch', 'update'] } },
  },
  selectableFields: { 'spec.signerName': ({ spec }) => spec?.signerName ?? '' },
  // Upstream does not care how they are called.
  nameRule: 'path-segment',
  strategy,
  resetFields: {
    '': ['spec', 'status'],
    status: ['spec', 'status.conditions'],
    approval: ['spec', 'status.certificate'],
  },
});
