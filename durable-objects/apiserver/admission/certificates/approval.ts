/** Approvals and denials need a right over the signer (upstream `plugin/pkg/admission/certificates/approval`). */
import { type Plugin, refuse } from '../plugin.ts';
import { mayUseSigner, REQUESTS, storedSigner } from './signers.ts';

export const certificateApproval: Plugin = {
  name: 'CertificateApproval',
  resources: [REQUESTS],
  validate(attributes) {
    const { call, operation, subresource } = attributes;
    if (call.kind.resource !== REQUESTS || subresource !== 'approval' || operation !== 'UPDATE') return;
    const signer = storedSigner(attributes);
    if (mayUseSigner(attributes, 'approve', signer)) return;
    throw refuse(attributes, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`);
  },
};
