/**
 * The signers of `kubernetes.io`, and what each takes (upstream `pkg/controller/certificates/signer/signer.go`,
 * `pkg/apis/certificates/helpers.go`).
 */
import type { CertificateRequest } from '../../../kube/x509/certificate-request.ts';
import { commonNameOf, organizationsOf } from '../../../kube/x509/name.ts';

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
const KUBELET_CLIENT_USAGES = ['client auth', 'digital signature', 'key encipherment'];
const KUBELET_SERVING_USAGES = ['digital signature', 'key encipherment', 'server auth'];
/** Needed only for RSA keys. */
const OPTIONAL_USAGE = 'key encipherment';

type Problem = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

/** By signer: why it does not sign a request; undefined when it does. */
export const SIGNERS: Readonly<Record<string, Problem>> = {
  'kubernetes.io/kube-apiserver-client': (_, usages) => clientProblem(usages),
  [KUBELET_CLIENT]: kubeletClientProblem,
  'kubernetes.io/kubelet-serving': kubeletServingProblem,
  'kubernetes.io/legacy-unknown': () => undefined,
};

function clientProblem(usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => !['digital signature', OPTIONAL_USAGE, 'client auth'].includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!isNodeName(request)) return 'subject common name does not begin with system:node:';
  return usagesProblem(usages, KUBELET_CLIENT_USAGES);
}

function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) {
    return 'DNS or IP subjectAltName is required';
  }
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  const problem = usagesProblem(usages, KUBELET_SERVING_USAGES);
  if (problem !== undefined) return problem;
  return isNodeName(request) ? undefined : 'subject common name does not begin with system:node:';
}

function isOfNodes({ subject }: CertificateRequest): boolean {
  const organizations = organizationsOf(subject);
  return organizations.length === 1 && organizations[0] === 'system:nodes';
}

function isNodeName({ subject }: CertificateRequest): boolean {
  return commonNameOf(subject).startsWith('system:node:');
}

/** All of them and no others, but for the one that only RSA keys need. */
function usagesProblem(usages: readonly string[], wanted: readonly string[]): string | undefined {
  const given = new Set(usages);
  const isGood =
    [...given].every((usage) => wanted.includes(usage)) &&
    wanted.every((usage) => given.has(usage) || usage === OPTIONAL_USAGE);
  return isGood ? undefined : `usages did not match [${wanted.join(' ')}]`;
}
