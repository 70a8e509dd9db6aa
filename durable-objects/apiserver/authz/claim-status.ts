/**
 * Permissions for the parts of a claim's status (upstream `pkg/registry/resource/resourceclaim`, its gate
 * `DRAResourceClaimGranularStatusAuthorization`): allocations are for schedulers, states of devices for their drivers.
 */
import { deviceKey } from '../../../kube/kinds/resource/claim-status.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import { type FieldError, fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { ResourceClaim } from '../../../kube/types.ts';
import type { Call } from '../call.ts';
import type { Attributes } from './attributes.ts';
import { forbiddenBy } from './attributes.ts';

type Status = NonNullable<ResourceClaim['status']>;

const NODE_NAME = 'authentication.kubernetes.io/node-name';
const ACCOUNT = 'system:serviceaccount:';

/** Of an update of the status. Objects of other kinds have none. */
export function claimStatusAccessErrors(call: Call, next: KubeObject, old: KubeObject): FieldError[] {
  const { kind, info } = call;
  if (kind.group !== 'resource.k8s.io' || kind.kind !== 'ResourceClaim') return [];
  const [status, before] = [(next.status ?? {}) as Status, (old.status ?? {}) as Status];
  const errors: FieldError[] = [];
  if (!sameJson(partsOf(status), partsOf(before))) {
    // Of the whole cluster, as upstream asks.
    const denied = denial(call, { subresource: 'binding', verb: info.verb, name: '', namespace: '' });
    const why = `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${info.verb}" permission`;
    if (denied) errors.push(fieldError.forbidden('status.allocation', `${why}: ${denied}`));
  }
  const isNear = nodeOf(call) !== undefined && nodeOf(call) === allocatedNode(status);
  const verbs = [...(isNear ? ['associated-node'] : []), 'arbitrary-node'].map((where) => `${where}:${info.verb}`);
  const namespace = next.metadata.namespace ?? '';
  for (const name of changedDrivers(status, before)) {
    const denials = verbs.map((verb) => denial(call, { subresource: 'driver', verb, name, namespace }));
    if (denials.includes(undefined)) continue;
    const why = `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`;
    errors.push(fieldError.forbidden('status.devices', `${why}: ${denials[0]}`));
  }
  return errors;
}

function partsOf({ allocation, reservedFor = [] }: Status): unknown {
  return [allocation ?? null, reservedFor];
}

function denial({ server, user }: Call, asked: Pick<Attributes, 'subresource' | 'verb' | 'name' | 'namespace'>) {
  const of = { group: 'resource.k8s.io', version: 'v1', resource: 'resourceclaims', isResource: true, path: '', user };
  const attributes = { ...of, ...asked };
  const { allowed, reason } = server.authorize(attributes);
  return allowed ? undefined : forbiddenBy(attributes, reason).message;
}

/** The drivers whose devices have another state. A state that went with its allocation was not changed by the user. */
function changedDrivers(status: Status, before: Status): string[] {
  const [devices, others] = [status, before].map(
    (of) => new Map((of.devices ?? []).map((one) => [deviceKey(one), one])),
  );
  const given = new Set((status.allocation?.devices?.results ?? []).map(deviceKey));
  const drivers = new Set<string>();
  for (const [key, { driver }] of devices ?? [])
    if (!sameJson(others?.get(key), devices?.get(key))) drivers.add(driver);
  for (const [key, { driver }] of others ?? []) if (!devices?.has(key) && given.has(key)) drivers.add(driver);
  return [...drivers].sort();
}

/** Where a service account's token is used. */
function nodeOf({ user }: Call): string | undefined {
  return user.name.startsWith(ACCOUNT) ? user.extra?.[NODE_NAME]?.[0] : undefined;
}

/** The one node that the devices are for. */
function allocatedNode({ allocation }: Status): string | undefined {
  const [term, ...more] = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const [field, ...others] = term?.matchFields ?? [];
  if (!field || more.length + others.length + (term?.matchExpressions?.length ?? 0) > 0) return undefined;
  return field.key === 'metadata.name' && field.operator === 'In' ? field.values?.[0] : undefined;
}
