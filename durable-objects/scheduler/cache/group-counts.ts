/**
 * Counts of the pods that selectors match, so that spreading costs neither nodes nor pods: a Deployment's thousand pods
 * are counted once and then kept up one by one.
 */
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { Selector } from '../../../kube/machinery/selectors/labels.ts';
import { PodCounts } from './pod-counts.ts';
import type { PodInfo } from './projections.ts';

interface Group {
  namespaces: ReadonlySet<string>;
  /** Pods being deleted count, too: they still are where they are. */
  deleting: boolean;
  selector: Selector;
  counts: PodCounts;
}

export interface Counted extends Pick<Group, 'selector' | 'deleting'> {
  namespaces: readonly string[];
  /** Names the selector. */
  selectorKey: string;
}

/** More selectors than this at a time are rare; each costs a match per pod that comes or goes. */
const MAX_GROUPS = 32;

export class GroupCounts {
  /** Least recently used first. */
  readonly #groups = new RecentMap<Group>(MAX_GROUPS);
  readonly #pods = new Map<string, Set<PodInfo>>();

  of({ namespaces, selector, selectorKey, deleting }: Counted): PodCounts {
    const id = JSON.stringify([deleting, selectorKey, namespaces]);
    let group = this.#groups.get(id);
    if (!group) {
      group = { namespaces: new Set(namespaces), deleting, selector, counts: new PodCounts() };
      for (const namespace of group.namespaces) {
        for (const pod of this.#pods.get(namespace) ?? []) count(group, pod, 1);
      }
    }
    this.#groups.set(id, group);
    return group.counts;
  }

  add(pod: PodInfo, sign: 1 | -1): void {
    const pods = this.#pods.get(pod.namespace) ?? new Set();
    if (sign === 1) pods.add(pod);
    else pods.delete(pod);
    if (pods.size > 0) this.#pods.set(pod.namespace, pods);
    else this.#pods.delete(pod.namespace);
    for (const group of this.#groups.values()) count(group, pod, sign);
  }
}

function count(group: Group, pod: PodInfo, sign: 1 | -1): void {
  if (pod.deleting && !group.deleting) return;
  if (!group.namespaces.has(pod.namespace) || !group.selector.matches(pod.labels)) return;
  group.counts.add(pod.node, sign);
}

/** Names a selector. */
export function selectorKeyOf(selector: Selector): string {
  return JSON.stringify(selector.requirements.map(({ key, operator, values }) => [key, operator, ...values]));
}
