/**
 * Admin access to devices is given in namespaces that are labelled for it (upstream `pkg/registry/resource`
 * AuthorizedForAdmin).
 */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ResourceClaim } from '../../../kube/types.ts';
import type { Call } from '../call.ts';

const GROUP = 'resource.k8s.io';
const LABEL = 'resource.kubernetes.io/admin-access';

/** Of a new claim or template. Objects of other kinds have none. */
export function adminAccessErrors(call: Call, object: KubeObject): FieldError[] {
  if (call.kind.group !== GROUP) return [];
  const index = requestsOf(call.kind.kind, object).findIndex(({ exactly }) => exactly?.adminAccess);
  return index < 0 ? [] : labelErrors(call, object, `spec.devices.requests[${index}]`);
}

/** Of what a claim is given. */
export function adminAccessStatusErrors(call: Call, next: KubeObject, old: KubeObject): FieldError[] {
  if (call.kind.group !== GROUP || call.kind.kind !== 'ResourceClaim') return [];
  const index = firstGiven(next);
  if (index < 0 || firstGiven(old) >= 0) return [];
  return labelErrors(call, next, `status.allocation.devices.results[${index}]`);
}

function firstGiven(claim: KubeObject): number {
  const { status } = claim as Partial<ResourceClaim>;
  return (status?.allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess);
}

function labelErrors({ server }: Call, object: KubeObject, at: string): FieldError[] {
  const stored = server.store.get(keyOf('namespaces', '', object.metadata.namespace ?? ''));
  const { labels } = stored ? (JSON.parse(stored.text) as KubeObject).metadata : {};
  if (labels?.[LABEL] === 'true') return [];
  const why = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`;
  return [fieldError.forbidden(`${at}.adminAccess`, why)];
}

function requestsOf(kind: string, { spec }: KubeObject) {
  const claim = kind === 'ResourceClaimTemplate' ? (spec as { spec?: unknown } | undefined)?.spec : spec;
  const isAsked = kind === 'ResourceClaimTemplate' || kind === 'ResourceClaim';
  return (isAsked && (claim as ResourceClaim['spec'] | undefined)?.devices?.requests) || [];
}
