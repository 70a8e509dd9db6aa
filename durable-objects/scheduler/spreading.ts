/** Topology spread constraints of a pod, its own or the cluster's (`podtopologyspread/common.go`, KEP-1258). */
import { keyOf } from '../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  labelOf,
  type Requirement,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from '../../kube/machinery/selectors/labels.ts';
import { matchesRequired } from '../../kube/scheduling/node-selector.ts';
import { untolerated } from '../../kube/scheduling/tolerations.ts';
import type { Pod } from '../../kube/types.ts';
import type { NodeInfo } from './node-info.ts';
import { selectorKeyOf, withRequirements } from './selectors.ts';
import type { Snapshot } from './snapshot.ts';

export const HOSTNAME = 'kubernetes.io/hostname';

export interface Constraint {
  maxSkew: number;
  topologyKey: string;
  selector: Selector;
  /** Names the selector, for counting. */
  selectorKey: string;
  minDomains: number;
  honorAffinity: boolean;
  honorTaints: boolean;
}

/** The pod's own constraints of one kind. */
export function constraintsOf(pod: Pod, whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'): Constraint[] {
  const constraints: Constraint[] = [];
  for (const given of pod.spec?.topologySpreadConstraints ?? []) {
    if (given.whenUnsatisfiable !== whenUnsatisfiable) continue;
    const base = selectorFromObject(given.labelSelector as LabelSelectorObject | undefined);
    const extra: Requirement[] = [];
    for (const key of given.labelSelector ? (given.matchLabelKeys ?? []) : []) {
      const value = labelOf(pod.metadata.labels, key);
      if (value !== undefined) extra.push({ key, operator: '=', values: [value] });
    }
    const selector = given.labelSelector ? withRequirements(base, extra) : base;
    constraints.push({
      maxSkew: given.maxSkew,
      topologyKey: given.topologyKey,
      selector,
      selectorKey: given.labelSelector ? selectorKeyOf(selector) : 'nothing',
      minDomains: given.minDomains ?? 1,
      honorAffinity: given.nodeAffinityPolicy !== 'Ignore',
      honorTaints: given.nodeTaintsPolicy === 'Honor',
    });
  }
  return constraints;
}

/** The cluster's defaults for pods of a Service or a workload: over zones, and over nodes. */
export function defaultConstraints(pod: Pod, snapshot: Snapshot): Constraint[] {
  const selector = workloadSelector(pod, snapshot);
  if (!selector) return [];
  const common = {
    selector,
    selectorKey: selectorKeyOf(selector),
    minDomains: 1,
    honorAffinity: true,
    honorTaints: false,
  };
  return [
    { ...common, maxSkew: 3, topologyKey: HOSTNAME },
    { ...common, maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone' },
  ];
}

const NO_PODS: ReadonlyMap<string, number> = new Map();
const EMPTY = selectorKeyOf(selectorFromMap({}));

/** Matching pods by node. An empty selector, which matches every pod, counts none (`countPodsMatchSelector`). */
export function podsPerNode({ selector, selectorKey }: Constraint, namespace: string, snapshot: Snapshot) {
  return selectorKey === EMPTY ? NO_PODS : snapshot.countsOf(namespace, selector, selectorKey);
}

/** `DefaultSelector`: the selectors of the pod's Services and of its owning workload, together. */
function workloadSelector(pod: Pod, snapshot: Snapshot): Selector | undefined {
  const namespace = pod.metadata.namespace ?? '';
  const labels = pod.metadata.labels ?? {};
  const merged: Record<string, string> = {};
  for (const service of snapshot.list(`services/${namespace}/`)) {
    const wanted = (service.spec as { selector?: Record<string, string> } | undefined)?.selector;
    if (wanted && Object.keys(wanted).length > 0 && selectorFromMap(wanted).matches(labels)) {
      Object.assign(merged, wanted);
    }
  }
  let selector = selectorFromMap(merged);
  const owner = pod.metadata.ownerReferences?.find((reference) => reference.controller);
  const kind = owner && `${owner.apiVersion} ${owner.kind}`;
  if (kind === 'apps/v1 ReplicaSet' || kind === 'apps/v1 StatefulSet') {
    const key = keyOf(
      owner?.kind === 'ReplicaSet' ? 'replicasets.apps' : 'statefulsets.apps',
      namespace,
      owner?.name ?? '',
    );
    const wanted = (snapshot.lookup(key)?.spec as { selector?: LabelSelectorObject } | undefined)?.selector;
    if (wanted) selector = withRequirements(selectorFromObject(wanted), selector.requirements);
  } else if (kind === 'v1 ReplicationController') {
    const spec = snapshot.lookup(keyOf('replicationcontrollers', namespace, owner?.name ?? ''))?.spec;
    const wanted = (spec as { selector?: Record<string, string> } | undefined)?.selector;
    selector = withRequirements(selectorFromMap(wanted), selector.requirements);
  }
  return selector.requirements.length === 0 ? undefined : selector;
}

/** Whether a node counts for the constraint (`matchNodeInclusionPolicies`). */
export function matchesInclusionPolicies(constraint: Constraint, pod: Pod, node: NodeInfo): boolean {
  if (constraint.honorAffinity && !matchesRequired(pod, node.name, node.facts?.labels ?? {})) return false;
  return !(constraint.honorTaints && untolerated(node.facts?.taints ?? [], pod.spec?.tolerations));
}
