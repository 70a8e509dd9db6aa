/** The changes that may help a pod which affinity keeps off its nodes (`interpodaffinity/plugin.go`, isSchedulableAfterPodChange …). */
import { labelOf } from '../../../../kube/machinery/selectors/labels.ts';
import { type Term, termsOf } from '../../cache/affinity-terms.ts';
import type { PodInfo } from '../../cache/projections.ts';
import type { Snapshot } from '../../cache/snapshot.ts';
import type { Hint, ObservedEvent } from '../../queue/observed-events.ts';
import { matchesPod } from './affinity-terms.ts';

export const mayMatch: Hint = ({ info }, { node, pod }, snapshot) => {
  if (node) return ofNode(info, node);
  return !pod || ofPod(info, pod, snapshot);
};

/** A pod comes that it wants to be with, or one goes that it, or that itself, wanted to be apart. */
function ofPod(info: PodInfo, { before, after }: NonNullable<ObservedEvent['pod']>, snapshot: Snapshot): boolean {
  const { affinity, antiAffinity } = termsOf(info);
  const all = (pod: PodInfo): boolean =>
    affinity.length > 0 && affinity.every((term) => matchesPod(term, pod, snapshot));
  if (after && all(after) && !(before && all(before))) return true;
  if (!before) return false;
  const parted = antiAffinity.some(
    (term) => matchesPod(term, before, snapshot) && !(after && matchesPod(term, after, snapshot)),
  );
  return parted || (!after && termsOf(before).antiAffinity.some((term) => matchesPod(term, info, snapshot)));
}

/** A node comes into a domain of its terms, leaves one, or is new to those that it wants to be apart. */
function ofNode(info: PodInfo, { before, after }: NonNullable<ObservedEvent['node']>): boolean {
  if (!after) return true;
  const { affinity, antiAffinity } = termsOf(info);
  // A pod that running ones keep off may find its place on any node that changes.
  if (affinity.length + antiAffinity.length === 0) return true;
  const domains = ({ topologyKey }: Term) => [labelOf(before?.labels, topologyKey), labelOf(after.labels, topologyKey)];
  const enters = affinity.some((term) => {
    const [was, is] = domains(term);
    return is !== undefined && is !== was;
  });
  const leaves = antiAffinity.some((term) => {
    const [was, is] = domains(term);
    return !before || (was !== undefined && is !== was);
  });
  return enters || leaves;
}
