/** The scheduler's requests about claims: allocated and reserved before a pod is bound, and given back. */
import { EXTENDED_RESOURCE_CLAIM, FINALIZER } from '../../../kube/devices/claims.ts';
import type { Allocation } from '../../../kube/devices/types.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';
import type { Requests, Write } from '../framework/interface.ts';
import type { ExtendedRequests } from './extended-requests.ts';
import type { DeviceClaim } from './pod-claims.ts';

/** `retry.DefaultRetry` */
const MOST_TRIES = 5;
const STRATEGIC = 'application/strategic-merge-patch+json';

/** A request was refused; the text is the error. */
class Refused extends Error {
  readonly isConflict: boolean;
  constructor(message: string, isConflict: boolean) {
    super(message);
    this.isConflict = isConflict;
  }
}

/** The requests of a write. It throws a Refused where one of them is refused. */
type Writing<T> = Requests<T>;

function collection(namespace = ''): string {
  return `/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims`;
}

const pathOf = ({ metadata }: KubeObject): string => `${collection(metadata.namespace)}/${metadata.name}`;
const textOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

function* send<T = DeviceClaim>(write: Write, about?: string): Writing<T> {
  const answer = yield write;
  if (answer.ok) return answer.object as T;
  const { message, reason } = answer.status;
  const why = message ?? reason ?? 'failed';
  throw new Refused(about === undefined ? why : `${about}: ${why}`, reason === 'Conflict');
}

/** Runs requests, whose error is returned. */
export function* attempt(work: Writing<void>): Requests<string | undefined> {
  try {
    yield* work;
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

function* retried<T>(claim: DeviceClaim, run: (claim: DeviceClaim) => Writing<T>, about: string): Writing<T> {
  let current = claim;
  for (let tries = 1; ; tries++) {
    try {
      return yield* run(current);
    } catch (error) {
      if (!(error instanceof Refused) || !error.isConflict || tries === MOST_TRIES) throw error;
    }
    current = yield* send({ method: 'GET', path: pathOf(claim) }, about);
  }
}

export interface Binding {
  pod: Pod;
  claim: DeviceClaim;
  /** Where the scheduler has allocated it. */
  allocation?: Allocation;
  now: number;
}

/** Writes the allocation, if there is one, and the reservation (`bindClaim`). */
export function* bindClaim(binding: Binding): Writing<DeviceClaim> {
  const about = `get updated claim ${textOf(binding.claim)} after conflict`;
  return yield* retried(binding.claim, (claim) => reserve({ ...binding, claim }), about);
}

function* reserve({ pod, claim: seen, allocation, now }: Binding): Writing<DeviceClaim> {
  const name = textOf(seen);
  const gone = seen.metadata.deletionTimestamp ? 'got deleted in the meantime' : undefined;
  const taken = allocation && seen.status?.allocation ? 'got allocated elsewhere in the meantime' : undefined;
  const lost = allocation || seen.status?.allocation ? undefined : 'got deallocated elsewhere in the meantime';
  const why = gone ?? taken ?? lost;
  if (why !== undefined) throw new Refused(`claim ${name} ${why}`, false);
  let claim = seen;
  if (allocation && !claim.metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(claim.metadata.finalizers ?? []), FINALIZER];
    const body = { ...claim, metadata: { ...claim.metadata, finalizers } };
    claim = yield* send({ method: 'PUT', path: pathOf(claim), body }, `add finalizer to claim ${name}`);
  }
  const { metadata } = pod;
  const consumer = { resource: 'pods', name: metadata.name ?? '', uid: metadata.uid ?? '' };
  const status = {
    ...claim.status,
    allocation: { allocationTimestamp: rfc3339(now), ...(allocation ?? claim.status?.allocation) },
    reservedFor: [...(claim.status?.reservedFor ?? []), consumer],
  };
  const what = allocation ? 'add allocation and reservation to claim' : 'add reservation to claim';
  const write: Write = { method: 'PUT', path: `${pathOf(claim)}/status`, body: { ...claim, status } };
  return yield* send(write, `${what} ${name}`);
}

/** The claim that stands for a pod's extended resources, as it is made. */
export function extendedClaim({ metadata }: Pod): DeviceClaim {
  const { namespace, name = '', uid = '' } = metadata;
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      generateName: `${name}-extended-resources-`,
      namespace,
      annotations: { [EXTENDED_RESOURCE_CLAIM]: 'true' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
    },
    spec: { devices: {} },
  } as DeviceClaim;
}

export function* createExtendedClaim(claim: DeviceClaim): Writing<DeviceClaim> {
  const path = collection(claim.metadata.namespace);
  const about = `create claim for extended resources ${claim.metadata.namespace}/`;
  return yield* send({ method: 'POST', path, body: claim }, about);
}

/** Tells of the claim in the pod's status. */
export function* tellExtendedClaim(pod: Pod, claim: DeviceClaim, { mappings }: ExtendedRequests): Writing<void> {
  const { namespace, name, uid } = pod.metadata;
  const extendedResourceClaimStatus = { requestMappings: mappings, resourceClaimName: claim.metadata.name };
  yield* send(
    {
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
      contentType: STRATEGIC,
      body: { metadata: { uid }, status: { extendedResourceClaimStatus } },
    },
    `update pod ${namespace}/${name} ExtendedResourceClaimStatus`,
  );
}

/** The pod no longer uses the claim. */
export function* releaseClaim(pod: Pod, claim: DeviceClaim): Writing<void> {
  const reservedFor = [{ $patch: 'delete', uid: pod.metadata.uid }];
  const body = { metadata: { uid: claim.metadata.uid }, status: { reservedFor } };
  yield* send({ method: 'PATCH', path: `${pathOf(claim)}/status`, contentType: STRATEGIC, body });
}

/** Frees the claim's devices. */
export function* deallocateClaim({ status: _, ...claim }: DeviceClaim): Writing<void> {
  yield* send({ method: 'PUT', path: `${pathOf(claim as DeviceClaim)}/status`, body: { ...claim, status: {} } });
}

export function* deleteClaim(claim: DeviceClaim): Writing<void> {
  const name = textOf(claim);
  const free = function* (current: DeviceClaim): Writing<void> {
    const finalizers = (current.metadata.finalizers ?? []).filter((one) => one !== FINALIZER);
    const body = { ...current, metadata: { ...current.metadata, finalizers } };
    yield* send({ method: 'PUT', path: pathOf(current), body }, `update resourceclaim ${name}`);
  };
  yield* retried(claim, free, `get resourceclaim ${name}`);
  yield* send({ method: 'DELETE', path: pathOf(claim), body: { apiVersion: 'v1', kind: 'DeleteOptions' } });
}
