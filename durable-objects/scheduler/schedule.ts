/** One decision (`schedule_one.go`, schedulingAlgorithm): pure, given the snapshot and the randomness. */
import type { Pod } from '../../kube/types.ts';
import type { NodeInfo } from './cache/node-info.ts';
import { type PodInfo, projectPod } from './cache/projections.ts';
import type { Snapshot } from './cache/snapshot.ts';
import { type Consultation, Unanswered } from './extenders/consultation.ts';
import { EXTENDER } from './extenders/extender.ts';
import { passExtenders } from './extenders/filter.ts';
import { CycleState } from './framework/cycle-state.ts';
import type { DecisionTrace } from './framework/decision-trace.ts';
import { runFilters, runPreFilters } from './framework/filters.ts';
import { failureMessage } from './framework/fit-error.ts';
import { PluginError, type PostFilterResult } from './framework/interface.ts';
import type { NodeAnswers } from './framework/node-answers.ts';
import { prioritizeNodes } from './framework/prioritize.ts';
import type { Profile } from './framework/profile.ts';
import { type Rejection, unresolvable } from './framework/rejection.ts';
import { DEFAULT_PROFILE } from './plugins/index.ts';

export interface Chosen {
  node: NodeInfo;
  /** Several nodes were feasible. */
  scored?: boolean;
  cycle: CycleState;
}

export interface Unschedulable extends Pick<PostFilterResult, 'nominatedNodeName' | 'victims' | 'requests'> {
  /** The text of the event and of the condition. */
  unschedulable: string;
  /** The plugins that rejected it: events that they wake on are worth another try. */
  plugins: ReadonlySet<string>;
}

export interface ScheduleOptions {
  profile?: Profile;
  /** The pod's projection, when it is known already. */
  info?: PodInfo;
  /** A plugin has let it wait for a node. */
  hasWaited?: boolean;
  trace?: DecisionTrace;
  /** The plugins' answers about nodes for pods like this one. */
  answers?: NodeAnswers | undefined;
  /** Milliseconds since the epoch. */
  now?: number;
  /** Answers of the extenders. The decision throws {@link Unanswered} where it needs more. */
  consultation?: Consultation;
  spend?(nodes: number): void;
}

interface Random {
  next(): number;
}

export function schedule(
  pod: Pod,
  snapshot: Snapshot,
  random: Random,
  {
    profile = DEFAULT_PROFILE,
    info,
    hasWaited = false,
    trace,
    answers,
    now = 0,
    consultation,
    spend,
  }: ScheduleOptions = {},
): Chosen | Unschedulable {
  const nodes = snapshot.nodes;
  if (nodes.length === 0) {
    // Only a new node helps, and every plugin that looks at nodes wakes on it.
    const unschedulable = failureMessage({ nodes: 0, rejected: new Map(), postFilter: [] });
    return { unschedulable, plugins: new Set(['NodeName']), nominatedNodeName: '' };
  }
  const key = `pods/${pod.metadata.namespace}/${pod.metadata.name}`;
  const surroundings = { now, random, ...(consultation ? { consultation } : {}), ...(spend ? { spend } : {}) };
  const cycle = new CycleState(pod, info ?? projectPod(key, pod, 0), snapshot, surroundings);
  cycle.hasWaited = hasWaited;
  cycle.answers = answers;
  const pre = runPreFilters(cycle, profile.points);
  if (pre.rejected) {
    const { reasons } = pre.rejected;
    trace?.refused([...pre.plugins].join(', '), reasons);
    return fail(cycle, profile, random, new Map(), pre.rejected, pre.plugins, reasons.join(', '));
  }
  const nominated = snapshot.node(snapshot.nominator.nodeOf(cycle.info.key) || pod.status?.nominatedNodeName || '');
  // The node that room was made on is most likely the only one that will do.
  const rejected = new Map<string, Rejection>();
  if (nominated && fitsNominated(cycle, nominated, rejected)) {
    trace?.nominated(nominated);
    return { node: nominated, cycle };
  }
  const { only } = pre;
  const candidates = only ? nodes.filter((node) => only.has(node.name)) : nodes;
  const notes = { rejected, rejecting: pre.plugins, trace };
  const { passed, unasked } = findFeasible(cycle, profile, candidates, random, notes);
  const absent = only
    ? unresolvable(`node(s) didn't satisfy plugin(s) [${[...pre.narrowing].sort().join(' ')}]`)
    : unresolvable();
  if (only) trace?.leftOut(nodes, only, { plugin: [...pre.narrowing].join(', '), rejection: absent });
  const feasible = consultation ? passExtenders(consultation, 'all', passed, notes) : passed;
  if (feasible.length === 0 && unasked > 0) throw takenAnew(consultation);
  if (feasible.length !== passed.length) pre.plugins.add(EXTENDER);
  trace?.feasible(feasible);
  const first = feasible[0];
  if (first) {
    const scored = feasible.length > 1;
    return { node: scored ? prioritizeNodes(cycle, profile, feasible, random, trace) : first, cycle, scored };
  }
  return fail(cycle, profile, random, rejected, absent, pre.plugins);
}

/** Nodes that no extender was asked about are feasible by now, and of the others none is. */
function takenAnew(consultation: Consultation | undefined): Unanswered {
  consultation?.forget();
  return new Unanswered([]);
}

/** `evaluateNominatedNode`: an extender that fails sends the pod on to all nodes. */
function fitsNominated(cycle: CycleState, node: NodeInfo, rejected: Map<string, Rejection>): boolean {
  if (runFilters(cycle, node)) return false;
  const { consultation } = cycle.surroundings;
  if (!consultation) return true;
  try {
    return passExtenders(consultation, 'nominated', [node], { rejected }).length > 0;
  } catch (error) {
    if (error instanceof PluginError) return false;
    throw error;
  }
}

/** The pod fits nowhere: the PostFilter plugins may make room (`RunPostFilterPlugins`). */
function fail(
  cycle: CycleState,
  { points }: Profile,
  random: Random,
  rejected: ReadonlyMap<string, Rejection>,
  absent: Rejection,
  rejecting: ReadonlySet<string>,
  preFilter?: string,
): Unschedulable {
  let result: PostFilterResult = {};
  let requests: PostFilterResult['requests'];
  let postFilter: string[] = [];
  for (const plugin of points.postFilter) {
    const said = plugin.postFilter?.(cycle, { explicit: rejected, absent }, random);
    if (!said) continue;
    if (said.failed) {
      postFilter = said.message ? [said.message] : [];
      result = {};
      break;
    }
    if (said.message) postFilter.push(said.message);
    requests ??= said.requests;
    if (said.nominatedNodeName !== undefined) result = said;
    if (!said.nominatedNodeName) continue;
    postFilter = said.message ? [said.message] : [];
    break;
  }
  const message = failureMessage({
    nodes: cycle.snapshot.nodes.length,
    rejected,
    absent,
    postFilter,
    ...(preFilter === undefined ? {} : { preFilter }),
  });
  const { nominatedNodeName, victims } = result;
  return {
    unschedulable: message,
    plugins: rejecting,
    ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
    ...(victims ? { victims } : {}),
    ...(requests ? { requests } : {}),
  };
}

/** Clusters smaller than this are searched whole (`minFeasibleNodesToFind`). */
const SEARCH_ALL_BELOW = 100;

/** The number of feasible nodes that is enough: a share that is given, or falls from 50 % to 5 % as the cluster grows. */
export function numFeasibleNodesToFind(nodes: number, share = 0): number {
  if (nodes < SEARCH_ALL_BELOW) return nodes;
  const percentage = share || Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(SEARCH_ALL_BELOW, Math.floor((nodes * percentage) / 100));
}

interface Notes {
  /** By node. */
  rejected: Map<string, Rejection>;
  /** The plugins that rejected one. */
  rejecting: Set<string>;
  trace?: DecisionTrace;
}

function findFeasible(
  cycle: CycleState,
  { points, percentageOfNodesToScore }: Profile,
  candidates: readonly NodeInfo[],
  random: Random,
  { rejected, rejecting, trace }: Notes,
): { passed: NodeInfo[]; unasked: number } {
  const { consultation } = cycle.surroundings;
  // Without scores, and extenders that leave nodes out, the first node will do.
  const isSearched = points.score.length > 0 || consultation?.all.some(({ verbs }) => verbs.filter ?? verbs.prioritize);
  const enough = isSearched ? numFeasibleNodesToFind(candidates.length, percentageOfNodesToScore) : 1;
  const asked = consultation?.asked('all');
  const feasible: NodeInfo[] = [];
  trace?.passing(feasible);
  let unasked = 0;
  // Large clusters are searched from a different node each time, so that all get their share.
  const start = enough < candidates.length ? Math.floor(random.next() * candidates.length) : 0;
  for (let i = 0; i < candidates.length && feasible.length < enough; i++) {
    const node = candidates[(start + i) % candidates.length] as NodeInfo;
    const failed = runFilters(cycle, node);
    if (failed) {
      rejected.set(node.name, failed.rejection);
      rejecting.add(failed.plugin);
      trace?.rejected(node.name, failed);
    } else if (asked && !asked.has(node.name)) unasked++;
    else feasible.push(node);
  }
  return { passed: feasible, unasked };
}
