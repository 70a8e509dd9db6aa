/**
 * A request is signed with the key that it asks a certificate for. Upstream checks that in validation
 * (`pkg/apis/certificates/validation` validateCSR); WebCrypto answers later, so here it is asked before the commit.
 */
import { parseRequest } from '../../../../kube/kinds/certificates/request.ts';
import { requestError } from '../../../../kube/kinds/certificates/validate.ts';
import type { CertificateSigningRequest } from '../../../../kube/types.ts';
import type { CertificateRequest } from '../../../../kube/x509/certificate-request.ts';
import { verificationOf } from '../../../../kube/x509/public-key.ts';
import { invalid, qualifiedKind } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import type { Plugin } from '../plugin.ts';
import { REQUESTS } from './signers.ts';

export const certificateRequestSignature: Plugin = {
  name: 'CertificateRequestSignature',
  resources: [REQUESTS],
  prepare(attributes) {
    const { call, operation, subresource } = attributes;
    if (call.kind.resource !== REQUESTS || subresource !== '' || operation !== 'CREATE') return undefined;
    return checkSignature(attributes);
  },
};

async function checkSignature({ call: { kind }, object, name }: Attributes): Promise<void> {
  if (!object) return;
  const { request } = (object as unknown as CertificateSigningRequest).spec ?? {};
  const problem = await signatureProblem(request);
  if (problem === undefined) return;
  const others = kind.strategy.validate?.(object) ?? [];
  throw invalid(qualifiedKind(kind), name, [requestError(request, problem), ...others]);
}

async function signatureProblem(request: string | undefined): Promise<string | undefined> {
  let parsed: CertificateRequest;
  try {
    parsed = parseRequest(request);
  } catch {
    // Validation says why.
    return undefined;
  }
  try {
    const { importAs, verifyAs, signature, failure } = verificationOf(
      parsed.publicKey,
      parsed.signatureAlgorithm,
      parsed.signature,
    );
    const isGood = await crypto.subtle
      .importKey('spki', parsed.publicKey.spki, importAs, false, ['verify'])
      .then((key) => crypto.subtle.verify(verifyAs, key, signature, parsed.signed))
      .catch(() => false);
    return isGood ? undefined : failure;
  } catch (error) {
    return (error as Error).message;
  }
}
