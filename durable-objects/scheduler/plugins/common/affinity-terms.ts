/** Inter-pod affinity terms, made ready for matching (`framework/types.go`, AffinityTerm). */
import { keyOf } from '../../../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  type Labels,
  type Selector,
  selectorFromObject,
} from '../../../../kube/machinery/selectors/labels.ts';
import type { PodSpec } from '../../../../kube/types.ts';
import type { PodInfo } from '../../cache/projections.ts';
import type { Snapshot } from '../../cache/snapshot.ts';
import { selectorKeyOf } from './selectors.ts';

type PodAffinity = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>;
type RawTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type RawWeighted = NonNullable<PodAffinity['preferredDuringSchedulingIgnoredDuringExecution']>[number];

export interface Term {
  topologyKey: string;
  selector: Selector;
  selectorKey: string;
  /** Namespaces by name; with none and no selector, the pod's own. */
  namespaces: readonly string[];
  namespaceSelector: Selector | undefined;
  weight: number;
}

export interface Terms {
  affinity: readonly Term[];
  antiAffinity: readonly Term[];
  preferred: readonly Term[];
  preferredAnti: readonly Term[];
}

const NONE: Terms = { affinity: [], antiAffinity: [], preferred: [], preferredAnti: [] };
const ready = new WeakMap<PodInfo, Terms>();

export function termsOf(pod: PodInfo): Terms {
  if (!pod.affinity) return NONE;
  let terms = ready.get(pod);
  if (!terms) {
    const { podAffinity, podAntiAffinity } = pod.affinity;
    const required = (list: RawTerm[] | undefined): Term[] => (list ?? []).map((term) => prepare(pod, term, 0));
    const preferred = (list: RawWeighted[] | undefined): Term[] =>
      (list ?? []).map(({ podAffinityTerm, weight }) => prepare(pod, podAffinityTerm, weight));
    terms = {
      affinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      antiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      preferred: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
      preferredAnti: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    };
    ready.set(pod, terms);
  }
  return terms;
}

function prepare(pod: PodInfo, raw: RawTerm, weight: number): Term {
  // matchLabelKeys and mismatchLabelKeys became part of the selector when the pod was made.
  const selector = selectorFromObject(raw.labelSelector as LabelSelectorObject | undefined);
  const own = !raw.namespaces?.length && !raw.namespaceSelector;
  return {
    topologyKey: raw.topologyKey,
    selector,
    selectorKey: raw.labelSelector ? selectorKeyOf(selector) : 'nothing',
    namespaces: own ? [pod.namespace] : (raw.namespaces ?? []),
    namespaceSelector: raw.namespaceSelector
      ? selectorFromObject(raw.namespaceSelector as LabelSelectorObject)
      : undefined,
    weight,
  };
}

function namespaceLabels(snapshot: Snapshot, namespace: string): Labels {
  return snapshot.lookup(keyOf('namespaces', '', namespace))?.metadata.labels ?? {};
}

export function includesNamespace(term: Term, namespace: string, snapshot: Snapshot): boolean {
  if (term.namespaces.includes(namespace)) return true;
  return term.namespaceSelector?.matches(namespaceLabels(snapshot, namespace)) ?? false;
}

export function matchesPod(term: Term, pod: PodInfo, snapshot: Snapshot): boolean {
  return term.selector.matches(pod.labels) && includesNamespace(term, pod.namespace, snapshot);
}

/** The namespaces that a term looks into. */
export function namespacesOf(term: Term, snapshot: Snapshot): readonly string[] {
  if (!term.namespaceSelector) return term.namespaces;
  const names = new Set(term.namespaces);
  for (const namespace of snapshot.list('namespaces/')) {
    if (term.namespaceSelector.matches(namespace.metadata.labels)) names.add(namespace.metadata.name ?? '');
  }
  return [...names];
}
