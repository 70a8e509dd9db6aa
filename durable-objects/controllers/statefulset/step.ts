/** The next changes to a StatefulSet's pods (upstream `updateStatefulSet` in `statefulset/stateful_set_control.go`). */
import type { PodTemplateSpec, StatefulSet } from '../../../kube/types.ts';
import { templateOf } from '../common/controller-revisions.ts';
import { isTerminal, type PodProjection } from '../common/pods.ts';
import type { Action } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { presentClaims } from './claims.ts';
import { isInRange, newPod, ordinalOf, revisionOf, startOrdinal } from './pod.ts';
import { createClaims, createPod, deletePod, ownClaims, updatePod } from './pod-control.ts';
import type { Revisions } from './revisions.ts';
import { isAvailable, isReady } from './status.ts';

export interface Step {
  actions: Action[];
  /** Pods of the current revision that are deleted for the update. */
  replaced: number;
}

interface Replica {
  ordinal: number;
  /** undefined of one that is not made. */
  pod?: PodProjection;
}

type Present = ReadonlyMap<number, PodProjection>;
type Condemned = Replica & { pod: PodProjection };

/** Pods that one run makes at most. */
const BURST = 500;

interface Round {
  set: StatefulSet;
  revisions: Revisions;
  view: View;
  now: number;
  /** One pod after the other, in their order: each waits for those before it. */
  isOrdered: boolean;
}

export function nextStep(
  set: StatefulSet,
  revisions: Revisions,
  pods: readonly PodProjection[],
  view: View,
  now: number,
): Step {
  const isOrdered = set.spec?.podManagementPolicy !== 'Parallel';
  const round = { set, revisions, view, now, isOrdered };
  const { present, condemned } = partition(set, pods);
  const actions: Action[] = [];
  for (const replica of replicasOf(set, present)) {
    const { actions: made, waits } = keep(round, replica);
    actions.push(...made);
    if (waits && isOrdered) return { actions, replaced: 0 };
  }
  for (const { ordinal, pod } of condemned) {
    actions.push(...ownClaims(set, { ordinal, uid: pod.uid }, presentClaims(set, ordinal, view)));
  }
  const removal = remove(round, present, condemned);
  actions.push(...removal.actions);
  if (removal.waits || set.spec?.updateStrategy?.type === 'OnDelete') return { actions, replaced: 0 };
  const replaced = nextReplaced(round, present);
  return replaced ? { actions: [...actions, deletePod(set, replaced)], replaced: 1 } : { actions, replaced: 0 };
}

/** The set's pods by their ordinals; those beyond its range are condemned, the highest first. */
function partition(set: StatefulSet, pods: readonly PodProjection[]): { present: Present; condemned: Condemned[] } {
  const present = new Map<number, PodProjection>();
  const condemned: Condemned[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod.name);
    if (ordinal === undefined) continue;
    if (isInRange(set, ordinal)) present.set(ordinal, pod);
    else condemned.push({ ordinal, pod });
  }
  return { present, condemned: condemned.sort((a, b) => b.ordinal - a.ordinal) };
}

/** The replicas in their order, up to as many missing ones as a run makes: a set may ask for billions. */
function* replicasOf(set: StatefulSet, present: Present): Generator<Replica> {
  const start = startOrdinal(set);
  const end = start + (set.spec?.replicas ?? 1);
  for (let ordinal = start, missing = 0; ordinal < end && missing < BURST; ordinal++) {
    const pod = present.get(ordinal);
    if (!pod) missing++;
    yield { ordinal, pod };
  }
}

/** The next actions about a replica (`processReplica`); `waits`: ordered replicas after it are not looked at yet. */
function keep(
  { set, revisions, view, now, isOrdered }: Round,
  { ordinal, pod }: Replica,
): { actions: Action[]; waits: boolean } {
  if (!pod) {
    const { template, revision } = versionFor(set, revisions, ordinal);
    const made = newPod(set, template, revision, ordinal);
    return {
      actions: createPod(set, made, { ordinal, uid: '' }, presentClaims(set, ordinal, view)).actions,
      waits: true,
    };
  }
  if (isTerminal(pod)) return { actions: pod.deleting ? [] : [deletePod(set, pod)], waits: true };
  const actions: Action[] = [];
  if (pod.pod.phase === 'Pending') {
    const present = presentClaims(set, ordinal, view);
    const claims = createClaims(set, pod.name, present);
    actions.push(...claims.actions, ...(claims.isBlocked ? [] : ownClaims(set, { ordinal, uid: pod.uid }, present)));
    if (claims.isBlocked) return { actions, waits: true };
  }
  if (isOrdered && !isAvailable(set, pod, now)) return { actions, waits: true };
  // Claims that are about to be made or changed are looked at again when the pod no longer waits for them.
  return { actions: actions.length > 0 ? actions : updatePod(set, pod, ordinal, view), waits: false };
}

/** The template and the name of the revision that a new pod is of (`newVersionedStatefulSetPod`). */
function versionFor(
  set: StatefulSet,
  { current, update }: Revisions,
  ordinal: number,
): { template: PodTemplateSpec | undefined; revision: string } {
  const { spec, status } = set;
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  const kept = rollingUpdate
    ? (rollingUpdate.partition ?? 0)
    : type === 'RollingUpdate'
      ? (status?.currentReplicas ?? 0)
      : 0;
  const revision = ordinal < startOrdinal(set) + kept ? current : update;
  return { template: templateOf(revision), revision: revision.metadata.name ?? '' };
}

/** Pods beyond the set's size go, in order one at a time, and then only while all others are available. */
function remove(
  { set, now, isOrdered }: Round,
  present: Present,
  condemned: readonly Condemned[],
): { actions: Action[]; waits: boolean } {
  if (!isOrdered) {
    const going = condemned.filter(({ pod }) => !pod.deleting);
    return { actions: going.map(({ pod }) => deletePod(set, pod)), waits: false };
  }
  const [first] = condemned;
  if (!first) return { actions: [], waits: false };
  if (first.pod.deleting) return { actions: [], waits: true };
  const kept = [...present].sort(([a], [b]) => a - b).map(([, pod]) => pod);
  const inOrder = [...kept, ...condemned.map(({ pod }) => pod).reverse()];
  const unavailable = inOrder.find((pod) => !isAvailable(set, pod, now));
  const isFit = isReady(first.pod) && isAvailable(set, first.pod, now);
  if (!isFit && first.pod !== unavailable) return { actions: [], waits: true };
  return { actions: [deletePod(set, first.pod)], waits: true };
}

/** The pod with the highest ordinal that is not of the update; none while one above it is not available. */
function nextReplaced({ set, revisions, now }: Round, present: Present): PodProjection | undefined {
  const start = startOrdinal(set);
  const least = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let at = (set.spec?.replicas ?? 1) - 1; at >= least; at--) {
    const pod = present.get(start + at);
    if (pod && revisionOf(pod) !== revisions.update.metadata.name && !pod.deleting) return pod;
    if (!isAvailable(set, pod, now)) return undefined;
  }
  return undefined;
}
