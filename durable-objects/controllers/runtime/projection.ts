/** From an object to the few facts of it that controllers ask for over and over. */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import type { Node, Pod, Service } from '../../../kube/types.ts';
import type { NodeFacts, PodFacts, Projection } from './view.ts';

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);
/** Beside services, which have plain maps. */
const SELECTING: ReadonlySet<string> = new Set(['replicasets.apps', 'deployments.apps', 'poddisruptionbudgets.policy']);
/** Whose labels somebody asks for. */
const LABELLED: ReadonlySet<string> = new Set(['pods', 'replicasets.apps', 'endpointslices.discovery.k8s.io', 'nodes']);
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Equal small values are kept once: a thousand pods of one ReplicaSet share their labels and owner. */
export class Interner {
  private readonly kept = new Map<string, unknown>();

  text(value: string): string {
    const kept = this.kept.get(value);
    if (typeof kept === 'string') return kept;
    this.remember(value, value);
    return value;
  }

  value<T extends object>(value: T): T {
    const id = `\u0000${JSON.stringify(value)}`;
    const kept = this.kept.get(id);
    if (kept !== undefined) return kept as T;
    this.remember(id, value);
    return value;
  }

  private remember(id: string, value: unknown): void {
    if (this.kept.size > 5_000) this.kept.clear();
    this.kept.set(id, value);
  }
}

export function projectionOf(key: Key, revision: number, object: KubeObject, intern: Interner): Projection {
  const { resource, namespace, name } = parseKey(key);
  const { metadata } = object;
  const owners: readonly OwnerReference[] = metadata.ownerReferences?.length
    ? intern.value(metadata.ownerReferences)
    : NONE;
  const projection: Projection = {
    key,
    resource: intern.text(resource),
    namespace: intern.text(namespace),
    name,
    apiVersion: intern.text(object.apiVersion),
    kind: intern.text(object.kind),
    uid: metadata.uid ?? '',
    revision,
    created: time(metadata.creationTimestamp),
    labels: metadata.labels && LABELLED.has(resource) ? intern.value(metadata.labels) : NO_LABELS,
    owner: owners.find((owner) => owner.controller),
    owners,
    finalizers: metadata.finalizers?.length ? intern.value(metadata.finalizers) : NONE,
    deleting: metadata.deletionTimestamp !== undefined,
  };
  if (resource === 'pods') projection.pod = podFacts(object as unknown as Pod, intern);
  else if (resource === 'nodes') projection.node = nodeFacts(object as unknown as Node);
  else {
    const selector = selectorOf(resource, object);
    if (selector) projection.selector = selector;
  }
  return projection;
}

function selectorOf(resource: string, object: KubeObject): Selector | undefined {
  try {
    if (resource === 'services' || resource === 'replicationcontrollers') {
      const selector = (object as unknown as Service).spec?.selector;
      return selector && Object.keys(selector).length > 0 ? selectorFromMap(selector) : undefined;
    }
    if (SELECTING.has(resource)) {
      return selectorFromObject((object.spec as { selector?: LabelSelectorObject } | undefined)?.selector);
    }
  } catch {
    // A selector that does not parse selects nothing; its owner's reconcile says so.
  }
  return undefined;
}

function nodeFacts({ spec, status }: Node): NodeFacts {
  return {
    ready: status?.conditions?.find((condition) => condition.type === 'Ready')?.status ?? '',
    evicts: spec?.taints?.some((taint) => taint.effect === 'NoExecute') ?? false,
  };
}

function podFacts(pod: Pod, intern: Interner): PodFacts {
  const { spec, status, metadata } = pod;
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  const ports: { name: string; port: number; protocol: string }[] = [];
  let restarts = 0;
  for (const container of [...(spec?.containers ?? []), ...sidecars(pod)]) {
    for (const port of container.ports ?? []) {
      if (port.name) ports.push({ name: port.name, port: port.containerPort, protocol: port.protocol ?? 'TCP' });
    }
  }
  for (const container of status?.containerStatuses ?? []) restarts = Math.max(restarts, container.restartCount ?? 0);
  const ips = status?.podIPs?.map((entry) => entry.ip) ?? (status?.podIP ? [status.podIP] : []);
  const facts: PodFacts = {
    phase: intern.text(status?.phase ?? 'Pending'),
    node: intern.text(spec?.nodeName ?? ''),
    ready: ready?.status === 'True',
    readySince: ready ? time(ready.lastTransitionTime) : 0,
    deletedAt: time(metadata.deletionTimestamp),
    cost: Number.parseInt(metadata.annotations?.[DELETION_COST] ?? '0', 10) || 0,
    restarts,
    ips: ips.length > 0 ? ips : NONE,
    ports: ports.length > 0 ? intern.value(ports) : NONE,
  };
  if (spec?.hostname) facts.hostname = spec.hostname;
  if (spec?.subdomain) facts.subdomain = spec.subdomain;
  return facts;
}

function sidecars(pod: Pod) {
  return (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
}

function time(text: string | null | undefined): number {
  return text ? Date.parse(text) || 0 : 0;
}
