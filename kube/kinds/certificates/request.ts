/** The request in a CertificateSigningRequest (upstream `pkg/apis/certificates/helpers.go` ParseCSR). */
import { type CertificateRequest, parseCertificateRequest } from '../../x509/certificate-request.ts';
import { fromBase64, fromBase64Bytes } from '../validation/base64.ts';
import { pemBlocks } from '../validation/pem.ts';

/** `base64` is `spec.request`. Throws an Error with upstream's text. */
export function parseRequest(base64: string | undefined): CertificateRequest {
  const [block] = pemBlocks(fromBase64(base64 ?? ''));
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  return parseCertificateRequest(fromBase64Bytes(block.body));
}

/** The text of what is wrong with a request, its signature aside; undefined for a good one. */
export function requestProblem(base64: string | undefined): string | undefined {
  try {
    parseRequest(base64);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
