/** Rights over signers (upstream `pkg/certauthorization`): by name, or over all signers of a domain. */
import type { CertificateSigningRequest } from '../../../../kube/types.ts';
import type { Attributes } from '../attributes.ts';

export const REQUESTS = 'certificatesigningrequests.certificates.k8s.io';

export function mayUseSigner(
  { call: { server, user } }: Attributes,
  verb: 'approve' | 'sign',
  signer: string,
): boolean {
  const [domain = ''] = signer.split('/', 1);
  return [signer, `${domain}/*`].some(
    (name) =>
      server.authorize({
        user,
        verb,
        isResource: true,
        group: 'certificates.k8s.io',
        version: '*',
        resource: 'signers',
        subresource: '',
        namespace: '',
        name,
        path: '',
      }).allowed,
  );
}

/** The signer of the stored request: a writer cannot pick another one. */
export function storedSigner({ oldObject }: Attributes): string {
  return (oldObject as unknown as CertificateSigningRequest).spec?.signerName ?? '';
}
