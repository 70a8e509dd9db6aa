import type { NodeInfo } from '../cache/node-info.ts';
import { callExtenders } from '../extenders/preempt.ts';
import { DEFAULT_ARGS, type DefaultPreemptionArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { failureMessage } from '../framework/fit-error.ts';
import { type NodeStatuses, type Plugin, PluginError, type PostFilterResult } from '../framework/interface.ts';
import { type Rejection, unresolvable } from '../framework/rejection.ts';
import type { Candidate } from '../preemption/candidate.ts';
import { pickOneNode } from '../preemption/pick-node.ts';
import { selectVictims } from '../preemption/victims.ts';

/**
 * Makes room by deleting pods of a lower priority (`defaultpreemption/default_preemption.go`,
 * `preemption/preemption.go`).
 */
export function defaultPreemption(args: DefaultPreemptionArgs): Plugin {
  return {
    name: 'DefaultPreemption',
    postFilter(cycle, statuses, random) {
      const { message, ...result } = preempt(cycle, statuses, random, args);
      return message === undefined ? result : { ...result, message: `preemption: ${message}` };
    },
  };
}

export const DefaultPreemption = defaultPreemption(DEFAULT_ARGS.DefaultPreemption);

function preempt(
  cycle: CycleState,
  statuses: NodeStatuses,
  random: { next(): number },
  args: DefaultPreemptionArgs,
): PostFilterResult {
  const ineligible = whyNot(cycle, statuses);
  if (ineligible) return { message: ineligible };
  const { nodes } = cycle.snapshot;
  const potential = nodes.filter(({ name }) => !statusOf(statuses, name).unresolvable);
  const { candidates, rejected, errors } = dryRun(cycle, potential, random, args);
  if (candidates.length > 0) return choose(cycle, candidates);
  const [error] = errors;
  if (error !== undefined) return { message: errors.size > 1 ? `[${[...errors].join(', ')}]` : error, failed: true };
  const absent = unresolvable('Preemption is not helpful for scheduling');
  return {
    message: failureMessage({ nodes: nodes.length, rejected, absent, postFilter: [] }),
    nominatedNodeName: '',
  };
}

/** The extenders may rule candidates out, or choose other victims. */
function choose({ snapshot, surroundings }: CycleState, candidates: readonly Candidate[]): PostFilterResult {
  const { consultation } = surroundings;
  const left = consultation ? callExtenders(consultation, candidates, snapshot) : candidates;
  if (typeof left === 'string') return { message: left, failed: true };
  const best = pickOneNode(left);
  if (!best) return { message: 'no candidate node for preemption' };
  return { nominatedNodeName: best.node, victims: best.victims };
}

/** `PodEligibleToPreemptOthers` */
function whyNot({ pod, info, snapshot }: CycleState, statuses: NodeStatuses): string | undefined {
  if (pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const node = snapshot.node(snapshot.nominator.nodeOf(info.key) || pod.status?.nominatedNodeName || '');
  if (!node || statusOf(statuses, node.name).unresolvable) return undefined;
  for (const other of node.pods.values()) {
    if (other.priority < info.priority && other.preempted) {
      return 'not eligible due to a terminating pod on the nominated node.';
    }
  }
  return undefined;
}

function statusOf({ explicit, absent }: NodeStatuses, node: string): Rejection {
  return explicit.get(node) ?? absent;
}

/** `DryRunPreemption`: from a different node each time, until enough candidates are found. */
function dryRun(
  cycle: CycleState,
  nodes: readonly NodeInfo[],
  random: { next(): number },
  { minCandidateNodesPercentage, minCandidateNodesAbsolute }: DefaultPreemptionArgs,
): { candidates: Candidate[]; rejected: Map<string, Rejection>; errors: Set<string> } {
  const candidates: Candidate[] = [];
  const errors = new Set<string>();
  const rejected = new Map<string, Rejection>();
  const share = Math.floor((nodes.length * minCandidateNodesPercentage) / 100);
  const enough = Math.min(nodes.length, Math.max(share, minCandidateNodesAbsolute));
  const offset = Math.floor(random.next() * nodes.length);
  let sparing = 0;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(offset + i) % nodes.length] as NodeInfo;
    const found = victimsOn(cycle, node);
    if (typeof found === 'string') errors.add(found);
    else if ('reasons' in found) rejected.set(node.name, found);
    else {
      candidates.push(found);
      if (found.violations === 0) sparing++;
      if (sparing > 0 && candidates.length >= enough) break;
    }
  }
  return { candidates, rejected, errors };
}

/** A text is the error of a plugin. */
function victimsOn(cycle: CycleState, node: NodeInfo): Candidate | Rejection | string {
  try {
    return selectVictims(cycle.clone(), node.clone());
  } catch (error) {
    if (error instanceof PluginError) return error.message;
    throw error;
  }
}
