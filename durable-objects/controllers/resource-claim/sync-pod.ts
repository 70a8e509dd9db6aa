/** The claims of a pod (`syncPod`): made of templates, told of in its status, and reserved where it has a node. */
import {
  claimName,
  consumerOf,
  isPodDone,
  isReservedFor,
  notForPod,
  POD_CLAIM_NAME,
  type PodResourceClaim,
} from '../../../kube/devices/claims.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod, ResourceClaim } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { Action, EventDecision, Plan } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { CLAIMS, podClaimName, TEMPLATES } from './facts.ts';
import { creation } from './metrics.ts';

/** Leaves room for a hyphen and five random characters in a name of 63. */
const MAX_BASE = 57;
const MANAGER = 'ResourceClaimController';

interface Template extends KubeObject {
  spec: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: unknown };
}

export function syncPod(pod: Pod, view: View): Plan {
  if (pod.metadata.deletionTimestamp || isPodDone(pod)) return { actions: [] };
  const creates: Action[] = [];
  const told: Told[] = [];
  for (const claim of pod.spec?.resourceClaims ?? []) {
    const found = find(pod, claim, view);
    if (found === undefined) continue;
    if (typeof found !== 'string') {
      told.push({ name: claim.name, ...found });
      continue;
    }
    const template = view.get<Template>(TEMPLATES, pod.metadata.namespace ?? '', found);
    if (!template) {
      const missing = `resourceclaimtemplate.resource.k8s.io ${JSON.stringify(found)} not found`;
      const event = failed(pod, claim, `resource claim template ${JSON.stringify(found)}: ${missing}`);
      return { actions: [...creates, { do: 'event', event }] };
    }
    creates.push(createClaim(pod, claim, template));
  }
  // The claims that are made now bring another run, which tells of them.
  if (creates.length > 0) return { actions: creates };
  if (told.some(({ isNew }) => isNew)) return { actions: [tell(pod, told)] };
  return { actions: pod.spec?.nodeName ? reserve(pod, view) : [] };
}

interface Told {
  name: string;
  resourceClaimName: string;
  /** The status does not say so yet. */
  isNew: boolean;
}

/** The claim of an entry, or the template to make it of; undefined where the controller has nothing to do. */
function find(pod: Pod, claim: PodResourceClaim, view: View): string | Omit<Told, 'name'> | undefined {
  const { namespace = '', uid = '' } = pod.metadata;
  const template = claim.resourceClaimTemplateName;
  if (template === undefined) return undefined;
  const known = claimName(pod, claim);
  if (!('error' in known)) {
    if (known.name === undefined) return undefined;
    const present = view.get<ResourceClaim>(CLAIMS, namespace, known.name);
    if (present && notForPod(pod, present) === undefined) return { resourceClaimName: known.name, isNew: false };
  }
  // One that was made before the status could tell of it.
  const made = view
    .dependents(uid)
    .find((one) => one.resource === CLAIMS && one.owner?.uid === uid && podClaimName.of(one) === claim.name);
  return made ? { resourceClaimName: made.name, isNew: true } : template;
}

function createClaim(pod: Pod, claim: PodResourceClaim, { spec: { metadata = {}, spec } }: Template): Action {
  const { name = '', namespace, uid = '' } = pod.metadata;
  return {
    do: 'create',
    resource: CLAIMS,
    object: {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: {
        generateName: generateName(name, claim.name),
        namespace,
        ...(metadata.labels ? { labels: metadata.labels } : {}),
        annotations: { ...metadata.annotations, [POD_CLAIM_NAME]: claim.name },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
      },
      spec,
    } as KubeObject,
    onRefused: { event: failed(pod, claim, 'create ResourceClaim : ') },
    metrics: creation({ spec } as Pick<ResourceClaim, 'spec'>),
  };
}

/** Of names that are too long together each is shortened by its share. */
function generateName(pod: string, claim: string): string {
  const whole = `${pod}-${claim}-`;
  if (whole.length <= MAX_BASE) return whole;
  const shortened = (name: string) => name.slice(0, Math.floor((name.length * MAX_BASE) / whole.length));
  return `${shortened(pod)}-${shortened(claim)}`;
}

function failed(pod: Pod, { name }: PodResourceClaim, why: string): EventDecision {
  const message = `PodResourceClaim ${name}: ${why}`;
  return eventAbout(pod as unknown as KubeObject, 'Warning', 'FailedResourceClaimCreation', message);
}

function tell({ metadata: { name, namespace, uid } }: Pod, told: readonly Told[]): Action {
  const resourceClaimStatuses = told.map(({ name, resourceClaimName }) => ({ name, resourceClaimName }));
  return {
    do: 'apply',
    resource: 'pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, uid },
      status: { resourceClaimStatuses },
    } as KubeObject,
    manager: MANAGER,
    subresource: 'status',
  };
}

/** Another than the scheduler has given the pod its node: its claims are reserved here. */
function reserve(pod: Pod, view: View): Action[] {
  const actions: Action[] = [];
  for (const one of pod.spec?.resourceClaims ?? []) {
    const known = claimName(pod, one);
    if ('error' in known) break;
    if (known.name === undefined) continue;
    const claim = view.get<ResourceClaim>(CLAIMS, pod.metadata.namespace ?? '', known.name);
    if (!claim || (known.isGenerated && notForPod(pod, claim) !== undefined)) break;
    if (!claim.status?.allocation || isReservedFor(pod, claim)) continue;
    const reservedFor = [...(claim.status.reservedFor ?? []), consumerOf(pod)];
    const object = { ...claim, status: { ...claim.status, reservedFor } } as unknown as KubeObject;
    actions.push({ do: 'update-status', resource: CLAIMS, object });
  }
  return actions;
}
