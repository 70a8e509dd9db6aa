import type { Snapshot } from '../cache/snapshot.ts';
import type { Candidate } from '../preemption/candidate.ts';
import type { Consultation, Preempted } from './consultation.ts';
import type { Extender } from './extender.ts';

/**
 * The candidates that the extenders leave, each asked about what the one before it left, with the victims that they choose
 * (`callExtenders`). A text is an error.
 */
export function callExtenders(
  consultation: Consultation,
  given: readonly Candidate[],
  snapshot: Snapshot,
): readonly Candidate[] | string {
  let candidates = given;
  for (const extender of consultation.extenders) {
    if (extender.verbs.preempt === undefined) continue;
    const answer = consultation.preempt(extender, candidates);
    const left = 'error' in answer ? answer.error : candidatesOf(extender, answer.preempted, snapshot);
    if (typeof left === 'string') {
      if (extender.ignorable) continue;
      return left;
    }
    const empty = left.find(({ victims }) => victims.length === 0);
    if (empty && !extender.ignorable) return `expected at least one victim pod on node ${JSON.stringify(empty.node)}`;
    candidates = left.filter(({ victims }) => victims.length > 0);
    if (candidates.length === 0) break;
  }
  return candidates;
}

/** Victims may be any pods of the node (`convertToVictims`). */
function candidatesOf(extender: Extender, preempted: Preempted, snapshot: Snapshot): Candidate[] | string {
  const candidates: Candidate[] = [];
  for (const [name, told] of preempted) {
    const node = snapshot.node(name);
    if (!node) return `nodeinfo not found for node name ${JSON.stringify(name)}`;
    const pods = new Map([...node.pods.values()].map((pod) => [pod.uid, pod]));
    const { uids = [], violations = 0 } = told ?? {};
    const victims = [];
    for (const uid of uids) {
      const victim = pods.get(uid);
      if (!victim) {
        return `extender: ${extender.urlPrefix} claims to preempt pod (UID: &{${uid}}) on node: ${name}, but the pod is not found on that node`;
      }
      victims.push(victim);
    }
    candidates.push({ node: name, victims, violations });
  }
  return candidates;
}
