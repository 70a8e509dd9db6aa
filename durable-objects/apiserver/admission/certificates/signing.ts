/** Certificates and conditions need a right over the signer (upstream `plugin/pkg/admission/certificates/signing`). */
import { sameJson } from '../../../../kube/machinery/equality.ts';
import type { CertificateSigningRequest } from '../../../../kube/types.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { mayUseSigner, REQUESTS, storedSigner } from './signers.ts';

export const certificateSigning: Plugin = {
  name: 'CertificateSigning',
  resources: [REQUESTS],
  validate(attributes) {
    const { call, operation, subresource, object, oldObject } = attributes;
    if (call.kind.resource !== REQUESTS || subresource !== 'status' || operation !== 'UPDATE') return;
    const next = (object as unknown as CertificateSigningRequest).status ?? {};
    const old = (oldObject as unknown as CertificateSigningRequest).status ?? {};
    const isSame =
      (next.certificate ?? '') === (old.certificate ?? '') && sameJson(next.conditions ?? [], old.conditions ?? []);
    if (isSame) return;
    const signer = storedSigner(attributes);
    if (mayUseSigner(attributes, 'sign', signer)) return;
    throw refuse(attributes, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`);
  },
};
