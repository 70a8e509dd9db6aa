/**
 * Pods per node for the selectors in use, so that spreading costs the nodes and not the pods: a Deployment's thousand
 * pods are counted once and then kept up one by one.
 */
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import type { Selector } from '../../../kube/machinery/selectors/labels.ts';
import type { PodInfo } from './projections.ts';

interface Group {
  namespace: string;
  /** Pods being deleted count, too: they still are where they are. */
  deleting: boolean;
  selector: Selector;
  perNode: Map<string, number>;
}

/** More selectors than this at a time are rare; each costs a match per pod that comes or goes. */
const MAX_GROUPS = 32;

export class GroupCounts {
  /** Least recently used first. */
  readonly #groups = new RecentMap<Group>(MAX_GROUPS);

  of(
    namespace: string,
    selector: Selector,
    selectorKey: string,
    pods: ReadonlyMap<string, PodInfo>,
    deleting: boolean,
  ): ReadonlyMap<string, number> {
    const id = `${namespace}/${deleting ? 'all' : 'staying'}/${selectorKey}`;
    let group = this.#groups.get(id);
    if (!group) {
      group = { namespace, deleting, selector, perNode: new Map() };
      for (const pod of pods.values()) count(group, pod, 1);
    }
    this.#groups.set(id, group);
    return group.perNode;
  }

  add(pod: PodInfo, sign: 1 | -1): void {
    for (const group of this.#groups.values()) count(group, pod, sign);
  }
}

function count(group: Group, pod: PodInfo, sign: 1 | -1): void {
  if (pod.deleting && !group.deleting) return;
  if (pod.namespace !== group.namespace || !group.selector.matches(pod.labels)) return;
  group.perNode.set(pod.node, (group.perNode.get(pod.node) ?? 0) + sign);
}
