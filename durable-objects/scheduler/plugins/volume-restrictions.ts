import { claimsOf } from '../cache/claims.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Plugin } from '../framework/interface.ts';
import { unresolvable, unschedulable } from '../framework/rejection.ts';
import { disksClash } from '../volumes/exclusive-disks.ts';
import { concernsClaims } from '../volumes/queueing-hints.ts';

const STATE = 'VolumeRestrictions';

/**
 * The claims of the pod that one pod alone may use, and the number of those that other pods use. A claim counts once
 * however many pods use it, and each of these that preemption takes away counts down: the number may be negative.
 */
class State {
  readonly claims: ReadonlySet<string>;
  conflicts: number;

  constructor(claims: ReadonlySet<string>, conflicts: number) {
    this.claims = claims;
    this.conflicts = conflicts;
  }

  clone(): State {
    return new State(this.claims, this.conflicts);
  }
}

/**
 * A claim of the mode ReadWriteOncePod is used by one pod at a time, and some disks by one of a node
 * (`volumerestrictions/volume_restrictions.go`).
 */
export const VolumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  wakesOn: ['changed:persistentvolumeclaims', 'node-added', 'pod-removed'],
  hint(waiting, observed) {
    const before = observed.pod?.before;
    if (!before) return concernsClaims(waiting, observed);
    const { namespace, claims = [], exclusiveDisks } = waiting.info;
    if (before.namespace === namespace && disksClash(exclusiveDisks, before.exclusiveDisks)) return true;
    return before.namespace === namespace && claims.some((name) => before.claims?.includes(name));
  },

  preFilter(cycle) {
    const { pod, info, snapshot } = cycle;
    if (!info.claims && !info.exclusiveDisks) return 'skip';
    const claims = new Set<string>();
    for (const { name, ephemeral, claim } of claimsOf(pod, snapshot)) {
      if (!ephemeral && !claim) return unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`);
      if (!ephemeral && claim?.spec?.accessModes?.includes('ReadWriteOncePod')) claims.add(name);
    }
    const conflicts = [...claims].filter((name) => snapshot.usersOfClaim(info.namespace, name) > 0).length;
    if (conflicts === 0 && !info.exclusiveDisks) return 'skip';
    cycle.set(STATE, new State(claims, conflicts));
    return undefined;
  },

  addPod: (cycle, pod) => follow(cycle, pod, 1),
  removePod: (cycle, pod) => follow(cycle, pod, -1),

  filter(cycle, node) {
    const { exclusiveDisks } = cycle.info;
    for (const pod of exclusiveDisks ? node.pods.values() : []) {
      if (disksClash(exclusiveDisks, pod.exclusiveDisks)) return unschedulable('node(s) had no available disk');
    }
    if ((cycle.get<State>(STATE)?.conflicts ?? 0) <= 0) return undefined;
    return unschedulable(
      'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    );
  },
};

function follow(cycle: CycleState, pod: PodInfo, sign: 1 | -1): void {
  const state = cycle.get<State>(STATE);
  if (!state || pod.namespace !== cycle.info.namespace) return;
  for (const name of pod.claims ?? []) if (state.claims.has(name)) state.conflicts += sign;
}
