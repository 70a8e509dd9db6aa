/** Topology spread constraints of a pod, its own or the cluster's (`podtopologyspread/common.go`, KEP-1258). */
import { keyOf } from '../../../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  labelOf,
  type Requirement,
  type Selector,
  selectorFromMap,
  selectorFromObject,
} from '../../../../kube/machinery/selectors/labels.ts';
import { matchesRequired } from '../../../../kube/scheduling/node-selector.ts';
import { untolerated } from '../../../../kube/scheduling/tolerations.ts';
import type { Pod } from '../../../../kube/types.ts';
import { selectorKeyOf } from '../../cache/group-counts.ts';
import type { NodeInfo } from '../../cache/node-info.ts';
import { PodCounts } from '../../cache/pod-counts.ts';
import type { Snapshot } from '../../cache/snapshot.ts';
import type { PodTopologySpreadArgs, SpreadConstraint } from '../../framework/arguments.ts';
import { withRequirements } from './selectors.ts';

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

type Action = 'DoNotSchedule' | 'ScheduleAnyway';

export function hasOwnConstraints({ spec }: Pod): boolean {
  return (spec?.topologySpreadConstraints?.length ?? 0) > 0;
}

/** The pod's constraints of one kind, or the cluster's for pods of a Service or a workload. */
export function constraintsOf(
  { pod, snapshot }: { pod: Pod; snapshot: Snapshot },
  { defaultingType, defaultConstraints }: PodTopologySpreadArgs,
  action: Action,
): Constraint[] {
  if (hasOwnConstraints(pod)) return ownConstraints(pod, action);
  const defaults = (defaultingType === 'System' ? SYSTEM_DEFAULTS : defaultConstraints).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === action,
  );
  const selector = defaults.length > 0 ? workloadSelector(pod, snapshot) : undefined;
  if (!selector) return [];
  return defaults.map((given) => constraintOf(given, selector, selectorKeyOf(selector)));
}

function ownConstraints(pod: Pod, action: Action): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((given) => {
      const base = selectorFromObject(given.labelSelector as LabelSelectorObject | undefined);
      const extra: Requirement[] = [];
      for (const key of given.labelSelector ? (given.matchLabelKeys ?? []) : []) {
        const value = labelOf(pod.metadata.labels, key);
        if (value !== undefined) extra.push({ key, operator: '=', values: [value] });
      }
      const selector = given.labelSelector ? withRequirements(base, extra) : base;
      return constraintOf(given, selector, given.labelSelector ? selectorKeyOf(selector) : 'nothing');
    });
}

function constraintOf(given: SpreadConstraint, selector: Selector, selectorKey: string): Constraint {
  return {
    maxSkew: given.maxSkew,
    topologyKey: given.topologyKey,
    selector,
    selectorKey,
    minDomains: given.minDomains ?? 1,
    honorAffinity: given.nodeAffinityPolicy !== 'Ignore',
    honorTaints: given.nodeTaintsPolicy === 'Honor',
  };
}

/** Over nodes, and over zones. */
const SYSTEM_DEFAULTS: readonly SpreadConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
];

const NO_PODS = new PodCounts();
const EMPTY = selectorKeyOf(selectorFromMap({}));

/** The matching pods. An empty selector, which matches every pod, counts none (`countPodsMatchSelector`). */
export function podsOf({ selector, selectorKey }: Constraint, namespace: string, snapshot: Snapshot): PodCounts {
  if (selectorKey === EMPTY) return NO_PODS;
  return snapshot.countsOf({ namespaces: [namespace], selector, selectorKey, deleting: false });
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

/** The same for pods to which {@link matchesInclusionPolicies} says the same of every node. */
export function inclusionKeyOf({ honorAffinity, honorTaints }: Constraint, { spec }: Pod): string {
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const selected = honorAffinity ? [spec?.nodeSelector, required] : [];
  return JSON.stringify([selected, honorTaints ? (spec?.tolerations ?? []) : null]);
}
