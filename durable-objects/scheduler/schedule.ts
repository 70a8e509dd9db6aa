/** One decision (`schedule_one.go`, schedulingAlgorithm): pure, given the snapshot and the randomness. */
import type { Pod } from '../../kube/types.ts';
import { Cycle, type Plugin, type Profile, type Rejection } from './framework.ts';
import { failureMessage } from './message.ts';
import { DEFAULT_PROFILE } from './plugins/index.ts';
import { type PodInfo, projectPod } from './projections.ts';
import type { NodeInfo, Snapshot } from './snapshot.ts';

export interface Chosen {
  node: string;
  cycle: Cycle;
}

export interface Unschedulable {
  /** The text of the event and the condition. */
  unschedulable: string;
  /** Who turned it down: events that these wake on are worth another try. */
  plugins: ReadonlySet<string>;
}

export type Outcome = Chosen | Unschedulable;

export interface ScheduleOptions {
  profile?: Profile;
  /** The pod's projection, when it is known already. */
  info?: PodInfo;
}

export function schedule(
  pod: Pod,
  snapshot: Snapshot,
  random: { next(): number },
  { profile = DEFAULT_PROFILE, info }: ScheduleOptions = {},
): Outcome {
  const key = `pods/${pod.metadata.namespace}/${pod.metadata.name}`;
  const cycle = new Cycle(pod, info ?? projectPod(key, pod, 0), snapshot);
  const all = snapshot.nodes;
  const rejecting = new Set<string>();
  const rejected = new Map<string, Rejection>();
  const fail = (preFilter?: string, absent?: string): Unschedulable => ({
    unschedulable: failureMessage({
      nodes: all.length,
      rejected,
      postFilter: profile.plugins
        .map((plugin) => plugin.postFilter?.(cycle, rejected))
        .filter((text) => text !== undefined),
      ...(preFilter === undefined ? {} : { preFilter }),
      ...(absent === undefined ? {} : { absent }),
    }),
    // Without any node, only a new node helps, which every plugin wakes on that looks at nodes.
    plugins: rejecting.size > 0 ? rejecting : new Set(['NodeName']),
  });

  if (all.length === 0) return fail();
  const filters: Plugin[] = [];
  let candidates: readonly NodeInfo[] = all;
  const narrowing: string[] = [];
  for (const plugin of profile.plugins) {
    const result = plugin.preFilter?.(cycle);
    if (result === 'skip') continue;
    if (plugin.filter) filters.push(plugin);
    if (result === undefined) continue;
    if ('reasons' in result) {
      rejecting.add(plugin.name);
      return fail(result.reasons.join(', '));
    }
    candidates = candidates.filter((node) => result.only.has(node.name));
    narrowing.push(plugin.name);
    rejecting.add(plugin.name);
  }
  const feasible = findFeasible(cycle, filters, candidates, random, rejected, rejecting);
  const first = feasible[0];
  if (!first) {
    return fail(
      undefined,
      narrowing.length > 0 ? `node(s) didn't satisfy plugin(s) [${narrowing.join(' ')}]` : undefined,
    );
  }
  return { node: (feasible.length === 1 ? first : best(cycle, profile, feasible, random)).name, cycle };
}

/** Clusters smaller than this are searched whole (`minFeasibleNodesToFind`). */
const SEARCH_ALL_BELOW = 100;

/** How many nodes that would do are enough: a share that falls from 50 % to 5 % as the cluster grows. */
export function enoughNodes(nodes: number): number {
  if (nodes < SEARCH_ALL_BELOW) return nodes;
  const percentage = Math.max(5, Math.floor(50 - nodes / 125));
  return Math.max(SEARCH_ALL_BELOW, Math.floor((nodes * percentage) / 100));
}

function findFeasible(
  cycle: Cycle,
  filters: readonly Plugin[],
  candidates: readonly NodeInfo[],
  random: { next(): number },
  rejected: Map<string, Rejection>,
  rejecting: Set<string>,
): NodeInfo[] {
  const enough = enoughNodes(candidates.length);
  const feasible: NodeInfo[] = [];
  // Large clusters are searched from a different node each time, so that all get their share.
  const start = enough < candidates.length ? Math.floor(random.next() * candidates.length) : 0;
  for (let i = 0; i < candidates.length && feasible.length < enough; i++) {
    const node = candidates[(start + i) % candidates.length] as NodeInfo;
    const failed = firstRejection(cycle, filters, node);
    if (failed) {
      rejected.set(node.name, failed.rejection);
      rejecting.add(failed.plugin);
    } else feasible.push(node);
  }
  return feasible;
}

function firstRejection(
  cycle: Cycle,
  filters: readonly Plugin[],
  node: NodeInfo,
): { plugin: string; rejection: Rejection } | undefined {
  for (const plugin of filters) {
    const rejection = plugin.filter?.(cycle, node);
    if (rejection) return { plugin: plugin.name, rejection };
  }
  return undefined;
}

/** The highest sum of weighted scores; a tie is broken by chance. */
function best(cycle: Cycle, profile: Profile, nodes: readonly NodeInfo[], random: { next(): number }): NodeInfo {
  const totals = new Float64Array(nodes.length);
  for (const plugin of profile.plugins) {
    if (!plugin.score || plugin.preScore?.(cycle, nodes) === 'skip') continue;
    const scores = new Array<number>(nodes.length);
    for (let i = 0; i < nodes.length; i++) scores[i] = plugin.score(cycle, nodes[i] as NodeInfo);
    plugin.normalize?.(cycle, scores, nodes);
    const weight = profile.weights[plugin.name] ?? 1;
    for (let i = 0; i < nodes.length; i++) totals[i] = (totals[i] ?? 0) + weight * (scores[i] ?? 0);
  }
  let chosen = 0;
  let ties = 1;
  for (let i = 1; i < nodes.length; i++) {
    const difference = (totals[i] ?? 0) - (totals[chosen] ?? 0);
    if (difference > 0) {
      chosen = i;
      ties = 1;
    } else if (difference === 0 && random.next() < 1 / ++ties) chosen = i;
  }
  return nodes[chosen] as NodeInfo;
}
