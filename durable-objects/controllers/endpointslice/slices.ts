/** The slices to make, change and delete (upstream `endpointslice/reconciler.go`). */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { EndpointSlice, Service } from '../../../kube/types.ts';
import { controllerRef, eventAbout } from '../common/controller-ref.ts';
import type { Action } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import type { AddressType, PortGroup } from './endpoints.ts';
import { type Drafts, distribute, hasTopologyMode } from './hints.ts';
import { labelsFor } from './labels.ts';
import { type OwnSlice, SLICES } from './own-slices.ts';
import { type Draft, pack } from './packing.ts';
import { addHints, hasZoneHints, zoneRatios } from './topology.ts';
import { withTriggerTime } from './trigger-time.ts';

/** The desired content of the slices of one address family. */
export interface DesiredEndpoints {
  service: Service;
  family: AddressType;
  groups: ReadonlyMap<string, PortGroup>;
  /** {@link triggerTime}, which is asked for where something is written. */
  trigger(): string | undefined;
}

/** `all` are the Service's slices of both families, of which some are `present` ones of this family. */
export function planSlices(
  { service, family, groups, trigger }: DesiredEndpoints,
  present: readonly OwnSlice[],
  all: readonly OwnSlice[],
  view: View,
): Action[] {
  const labels = labelsFor(service);
  const drafts: Drafts = { create: [], update: [], unchanged: [] };
  const own = Map.groupBy(
    present.filter((slice) => isOwned(slice, service)),
    ({ digest }) => digest.ports,
  );
  let gone = present.filter((slice) => !isOwned(slice, service));
  for (const [id, group] of groups) {
    const { create, update, remove } = pack(group, own.get(id) ?? [], labels);
    drafts.create.push(...create);
    drafts.update.push(...update);
    gone.push(...remove);
  }
  for (const [id, slices] of own) if (!groups.has(id)) gone.push(...slices);
  // A Service without endpoints still has one slice.
  if (gone.length === present.length && drafts.create.length === 0) {
    if (gone[0] && gone.length === 1 && isPlaceholder(gone[0], labels)) gone = [];
    else drafts.create.push({ labels, ports: [], endpoints: [] });
  }
  const changed = new Set<OwnSlice | undefined>([...drafts.update.map(({ slice }) => slice), ...gone]);
  drafts.unchanged = present.filter((slice) => !changed.has(slice));
  const events: Action[] = [];
  if (hasTopologyMode(service.metadata.annotations)) {
    for (const { type, reason, message } of addHints(drafts, zoneRatios(view), all.some(hasZoneHints))) {
      const told = `${message}, addressType: ${family}`;
      events.push({ do: 'event', event: eventAbout(service as unknown as KubeObject, type, reason, told) });
    }
  } else distribute(service, drafts);
  return [...written(service, family, trigger, drafts, gone), ...events];
}

/** A slice that would be deleted takes the content of a new one: its name stays when a port changes (`finalize`). */
function written(
  service: Service,
  family: AddressType,
  trigger: () => string | undefined,
  { create, update }: Drafts,
  gone: readonly OwnSlice[],
): Action[] {
  const made = [...create];
  if (made.length + update.length + gone.length === 0) return [];
  const time = trigger();
  const writes: Action[] = [];
  const deletes: Action[] = [];
  for (const draft of update) writes.push(change(service, draft, time));
  for (const slice of gone) {
    const draft = isOwned(slice, service) ? made.pop() : undefined;
    const { namespace, name, uid, revision } = slice.projection;
    if (draft) {
      const object = fresh(service, family, time, draft, {
        ...{ name, uid, resourceVersion: String(revision) },
      });
      writes.push({ do: 'update', resource: SLICES, object, onRefused: failed(service, `update ${name}`) });
    } else {
      const target = { resource: SLICES, namespace, name, uid };
      deletes.push({ do: 'delete', target, onRefused: failed(service, `delete ${name}`) });
    }
  }
  // Those of a Service that goes are garbage at once.
  const isGoing = service.metadata.deletionTimestamp !== undefined;
  const creates = (isGoing ? [] : made).map((draft): Action => {
    const object = fresh(service, family, time, draft);
    return { do: 'create', resource: SLICES, object, onRefused: failed(service, 'create') };
  });
  return [...creates, ...writes, ...deletes];
}

/** Slices of an earlier Service of that name are being garbage collected. */
function isOwned({ projection }: OwnSlice, { metadata }: Service): boolean {
  const { uid } = metadata;
  return projection.owners.some((one) => one.uid === uid && one.kind === 'Service' && one.apiVersion === 'v1');
}

function isPlaceholder({ projection, digest }: OwnSlice, labels: Record<string, string>): boolean {
  return digest.shown.length === 0 && digest.ports === '' && sameJson(projection.labels, labels);
}

/** The event that tells of a write's refusal; its message goes on with that of the refusal. */
function failed({ apiVersion, kind, metadata }: Service, what: string) {
  const { namespace, name } = metadata;
  const doing = `failed to ${what} EndpointSlice for Service ${namespace}/${name}`;
  const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${doing}: `;
  const service = { apiVersion, kind, metadata } as unknown as KubeObject;
  return { event: eventAbout(service, 'Warning', 'FailedToUpdateEndpointSlices', message) };
}

/** Upstream writes it anew, with nothing of what stood there before. */
function fresh(
  service: Service,
  addressType: AddressType,
  trigger: string | undefined,
  { labels, ports, endpoints }: Draft,
  identity: object = {},
): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...identity,
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace,
      labels,
      annotations: withTriggerTime(undefined, trigger),
      ownerReferences: [controllerRef(service as unknown as KubeObject)],
    },
    addressType,
    endpoints,
    ports,
  } as unknown as KubeObject;
}

function change(service: Service, { slice, labels, endpoints }: Draft, trigger: string | undefined): Action {
  const whole = slice?.whole as EndpointSlice;
  const { metadata } = whole;
  const next = { ...metadata, labels, annotations: withTriggerTime(metadata.annotations, trigger) };
  const object = { ...whole, metadata: next, endpoints } as unknown as KubeObject;
  return { do: 'update', resource: SLICES, object, onRefused: failed(service, `update ${metadata.name}`) };
}
