/** Admin access to devices is given in namespaces that are labelled for it (upstream `pkg/registry/resource` AuthorizedForAdmin). */
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { ResourceClaim } from '../../../kube/types.ts';
import type { Call } from '../call.ts';

const GROUP = 'resource.k8s.io';
const LABEL = 'resource.kubernetes.io/admin-access';

/** Of a new claim or template. Objects of other kinds have none. */
export function adminAccessErrors({ kind, server }: Call, object: KubeObject): FieldError[] {
  if (kind.group !== GROUP) return [];
  const index = requestsOf(kind.kind, object).findIndex(({ exactly }) => exactly?.adminAccess);
  if (index < 0) return [];
  const stored = server.store.get(keyOf('namespaces', '', object.metadata.namespace ?? ''));
  const { labels } = stored ? (JSON.parse(stored.text) as KubeObject).metadata : {};
  if (labels?.[LABEL] === 'true') return [];
  const why = `admin access to devices requires the \`${LABEL}: true\` label on the containing namespace`;
  return [fieldError.forbidden(`spec.devices.requests[${index}].adminAccess`, why)];
}

function requestsOf(kind: string, { spec }: KubeObject) {
  const claim = kind === 'ResourceClaimTemplate' ? (spec as { spec?: unknown } | undefined)?.spec : spec;
  const isAsked = kind === 'ResourceClaimTemplate' || kind === 'ResourceClaim';
  return (isAsked && (claim as ResourceClaim['spec'] | undefined)?.devices?.requests) || [];
}
