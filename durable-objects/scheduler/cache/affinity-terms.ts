/** Inter-pod affinity terms of pods, made ready for matching (`framework/types.go`, AffinityTerm). */
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import {
  type LabelSelectorObject,
  type Selector,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import type { PodSpec } from '../../../kube/types.ts';
import { selectorKeyOf } from './group-counts.ts';
import type { PodInfo } from './projections.ts';

type PodAffinity = NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>;
type RawTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type RawWeighted = NonNullable<PodAffinity['preferredDuringSchedulingIgnoredDuringExecution']>[number];

export interface Term {
  /** The same of terms that are alike. */
  id: string;
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
const ofPods = new WeakMap<object, Terms>();
/** By namespace and text: the pods of a workload want the same. */
const recent = new RecentMap<Terms>(100);

export function termsOf({ namespace, affinity }: Pick<PodInfo, 'namespace' | 'affinity'>): Terms {
  if (!affinity) return NONE;
  let terms = ofPods.get(affinity);
  if (!terms) {
    const text = `${namespace}/${JSON.stringify(affinity)}`;
    terms = recent.get(text) ?? prepareAll(namespace, affinity);
    recent.set(text, terms);
    ofPods.set(affinity, terms);
  }
  return terms;
}

function prepareAll(namespace: string, { podAffinity, podAntiAffinity }: NonNullable<PodInfo['affinity']>): Terms {
  const required = (list: RawTerm[] | undefined): Term[] => (list ?? []).map((term) => prepare(namespace, term, 0));
  const preferred = (list: RawWeighted[] | undefined): Term[] =>
    (list ?? []).map(({ podAffinityTerm, weight }) => prepare(namespace, podAffinityTerm, weight));
  return {
    affinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

function prepare(namespace: string, raw: RawTerm, weight: number): Term {
  // matchLabelKeys and mismatchLabelKeys became part of the selector when the pod was made.
  const selector = selectorFromObject(raw.labelSelector as LabelSelectorObject | undefined);
  const selectorKey = raw.labelSelector ? selectorKeyOf(selector) : 'nothing';
  const own = !raw.namespaces?.length && !raw.namespaceSelector;
  const namespaces = own ? [namespace] : (raw.namespaces ?? []);
  const namespaceSelector = raw.namespaceSelector
    ? selectorFromObject(raw.namespaceSelector as LabelSelectorObject)
    : undefined;
  const { topologyKey } = raw;
  const among = namespaceSelector && selectorKeyOf(namespaceSelector);
  const id = JSON.stringify([topologyKey, selectorKey, namespaces, among, weight]);
  return { id, topologyKey, selector, selectorKey, namespaces, namespaceSelector, weight };
}
