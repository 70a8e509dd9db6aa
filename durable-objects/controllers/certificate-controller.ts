/**
 * certificate-controller (upstream `pkg/controller/certificates/{approver,signer,cleaner}`): requests of kubelets for
 * client certificates are approved where their users may ask for them, approved ones are signed by the cluster's own
 * authority, and old ones deleted.
 */
import { parseRequest } from '../../kube/kinds/certificates/request.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { parseKey } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { CertificateSigningRequest } from '../../kube/types.ts';
import type { CertificateRequest } from '../../kube/x509/certificate-request.ts';
import { commonNameOf } from '../../kube/x509/name.ts';
import type { CertificateAuthority } from './certificates/authority.ts';
import { endOf } from './certificates/lifetime.ts';
import { KUBELET_CLIENT, kubeletClientProblem, SIGNERS } from './certificates/signers.ts';
import { defineController } from './runtime/controller.ts';
import type { Action, Effects } from './runtime/plan.ts';

type CSR = CertificateSigningRequest;
type Condition = NonNullable<NonNullable<CSR['status']>['conditions']>[number];

const GROUP = 'certificates.k8s.io';
const REQUESTS = `certificatesigningrequests.${GROUP}`;
const SIGN = 'sign-certificate';

export const certificateController = defineController({
  name: 'certificate-controller',
  for: REQUESTS,
  reconcile(key, view, now) {
    const request = view.get<CSR>(REQUESTS, '', parseKey(key).name);
    if (!request || request.metadata.deletionTimestamp) return { actions: [] };
    const end = endOf(request);
    if (end !== undefined && now > end) return { actions: [remove(request)] };
    const actions = request.status?.certificate ? [] : [...approve(request), ...sign(request, now)];
    return { actions, ...(end === undefined ? {} : { requeueAfter: end + 1 - now }) };
  },
});

/** The effect that {@link certificateController} names. */
export function certificateEffects(authority: CertificateAuthority): Effects {
  return {
    [SIGN]: async (object) => {
      const request = object as unknown as CSR;
      const certificate = await authority.sign(request);
      return [updateStatus({ ...request, status: { ...request.status, certificate } })];
    },
  };
}

function remove({ metadata }: CSR): Action {
  const { name = '', uid } = metadata;
  return { do: 'delete', target: { resource: REQUESTS, namespace: '', name, uid } };
}

function hasCondition({ status }: CSR, ...types: string[]): boolean {
  return status?.conditions?.some(({ type }) => types.includes(type)) ?? false;
}

function approve(request: CSR): Action[] {
  const { signerName, usages = [], username = '' } = request.spec;
  if (signerName !== KUBELET_CLIENT || hasCondition(request, 'Approved', 'Denied')) return [];
  const asked = read(request);
  if (!asked || kubeletClientProblem(asked, usages) !== undefined) return [];
  const other = ifAllowed(
    request,
    'nodeclient',
    'Auto approving kubelet client certificate after SubjectAccessReview.',
  );
  if (username !== commonNameOf(asked.subject)) return [other];
  const own = ifAllowed(
    request,
    'selfnodeclient',
    'Auto approving self kubelet client certificate after SubjectAccessReview.',
  );
  return [{ ...own, denied: [other] }];
}

function ifAllowed(request: CSR, subresource: string, message: string): Action & { do: 'if-allowed' } {
  const { username: user, uid, groups, extra } = request.spec;
  const resourceAttributes = {
    group: GROUP,
    version: '*',
    resource: 'certificatesigningrequests',
    subresource,
    verb: 'create',
  };
  const approved = withCondition(request, { type: 'Approved', status: 'True', reason: 'AutoApproved', message });
  const object = approved as unknown as KubeObject;
  return {
    do: 'if-allowed',
    review: { user, uid, groups, extra, resourceAttributes },
    allowed: [{ do: 'update', resource: REQUESTS, object, subresource: 'approval' }],
  };
}

function sign(request: CSR, now: number): Action[] {
  const problemOf = SIGNERS[request.spec.signerName];
  if (!problemOf || !hasCondition(request, 'Approved') || hasCondition(request, 'Denied', 'Failed')) return [];
  const asked = read(request);
  if (!asked) return [];
  const message = problemOf(asked, request.spec.usages ?? []);
  if (message === undefined) return [{ do: 'effect', effect: SIGN, object: request as unknown as KubeObject }];
  const failed: Condition = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: rfc3339(now) as Condition['lastUpdateTime'],
  };
  return [updateStatus(withCondition(request, failed))];
}

/** undefined for a request that was stored before requests were read. */
function read({ spec }: CSR): CertificateRequest | undefined {
  try {
    return parseRequest(spec.request);
  } catch {
    return undefined;
  }
}

function withCondition(request: CSR, condition: Condition): CSR {
  return { ...request, status: { ...request.status, conditions: [...(request.status?.conditions ?? []), condition] } };
}

function updateStatus(request: CSR): Action {
  return { do: 'update-status', resource: REQUESTS, object: request as unknown as KubeObject };
}
