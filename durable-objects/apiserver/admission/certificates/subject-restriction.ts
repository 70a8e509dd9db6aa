/**
 * No client certificate is asked for `system:masters` (upstream
 * `plugin/pkg/admission/certificates/subjectrestriction`).
 */
import { parseRequest } from '../../../../kube/kinds/certificates/request.ts';
import type { CertificateSigningRequest } from '../../../../kube/types.ts';
import { organizationsOf } from '../../../../kube/x509/name.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { REQUESTS } from './signers.ts';

const SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';

export const certificateSubjectRestriction: Plugin = {
  name: 'CertificateSubjectRestriction',
  resources: [REQUESTS],
  validate(attributes) {
    const { call, operation, subresource, object } = attributes;
    if (call.kind.resource !== REQUESTS || subresource !== '' || operation !== 'CREATE') return;
    const { spec } = object as unknown as CertificateSigningRequest;
    if (spec.signerName !== SIGNER) return;
    // Validation has read the request before.
    if (!organizationsOf(parseRequest(spec.request).subject).includes(MASTERS)) return;
    throw refuse(attributes, `use of ${SIGNER} signer with ${MASTERS} group is not allowed`);
  },
};
