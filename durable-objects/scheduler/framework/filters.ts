/** Running the plugins that filter nodes (`framework/runtime/framework.go`). */

import type { NodeInfo } from '../cache/node-info.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { CycleState } from './cycle-state.ts';
import type { Plugin } from './interface.ts';
import type { Points } from './profile.ts';
import { type FilterRejection, type Rejection, unresolvable } from './rejection.ts';

/** The first rejection of a node, if any, taking the pods that are nominated to it into account. */
export function runFilters(cycle: CycleState, node: NodeInfo): FilterRejection | undefined {
  const { nominator } = cycle.snapshot;
  const nominated = nominator.size === 0 ? [] : nominator.on(node.name);
  if (nominated.length > 0) {
    const { key, priority } = cycle.info;
    const before = nominated.filter((pod) => pod.priority >= priority && pod.key !== key);
    if (before.length > 0) {
      const trial = { cycle: cycle.clone(), node: node.clone() };
      for (const pod of before) addPod(trial.cycle, pod, trial.node);
      const rejected = runOnce(trial.cycle, trial.node);
      if (rejected) return rejected;
      // Nominated pods may come to run elsewhere: the pod must fit without them, too, as with affinity it may not.
    }
  }
  const { answers } = cycle;
  if (!answers) return runOnce(cycle, node);
  return answers.filter(node, () => runOnce(cycle, node, cycle.remembered)) ?? runOnce(cycle, node, cycle.others);
}

function runOnce(cycle: CycleState, node: NodeInfo, plugins = cycle.filters): FilterRejection | undefined {
  for (const plugin of plugins) {
    const rejection = plugin.filter?.(cycle, node);
    if (rejection) return { plugin: plugin.name, rejection };
  }
  return undefined;
}

/** Takes a pod to run on a node, in a clone of both. */
export function addPod(cycle: CycleState, pod: PodInfo, node: NodeInfo): void {
  node.addPod(pod);
  for (const plugin of cycle.preFiltered) plugin.addPod?.(cycle, pod, node);
}

/** Takes a pod not to run on a node, in a clone of both. */
export function removePod(cycle: CycleState, pod: PodInfo, node: NodeInfo): void {
  node.removePod(pod);
  for (const plugin of cycle.preFiltered) plugin.removePod?.(cycle, pod, node);
}

interface PreFiltered {
  /** The nodes that are left; undefined: all. */
  only?: ReadonlySet<string>;
  narrowing: Set<string>;
  /** The pod as a whole was rejected. */
  rejected?: Rejection;
  /** The plugins that said no, or left nodes out. */
  plugins: Set<string>;
}

/** `RunPreFilterPlugins` */
export function runPreFilters(cycle: CycleState, { preFilter, filter }: Points): PreFiltered {
  const skipping = new Set<string>();
  const narrowing = new Set<string>();
  let only: ReadonlySet<string> | undefined;
  let rejected: { plugin: string; rejection: Rejection } | undefined;
  for (const plugin of preFilter) {
    const result = plugin.preFilter?.(cycle);
    if (result === 'skip') skipping.add(plugin.name);
    if (result === 'skip' || result === undefined) continue;
    if ('reasons' in result) {
      if (result.unresolvable) return { narrowing, rejected: result, plugins: new Set([plugin.name]) };
      // Preemption may help, and needs the state of all others.
      rejected = { plugin: plugin.name, rejection: result };
      continue;
    }
    narrowing.add(plugin.name);
    const before = only;
    only = before ? new Set([...result.only].filter((name) => before.has(name))) : result.only;
    if (only.size > 0) continue;
    const names = [...narrowing].sort();
    const which = names.length === 1 ? `plugin ${names[0]}` : `plugin(s) [${names.join(' ')}] simultaneously`;
    return { narrowing, rejected: unresolvable(`node(s) didn't satisfy ${which}`), plugins: narrowing };
  }
  const isLeft = ({ name }: Plugin): boolean => !skipping.has(name);
  cycle.filters = filter.filter(isLeft);
  cycle.remembered = cycle.filters.filter((plugin) => cycle.answers?.plugins.has(plugin.name));
  cycle.others = cycle.filters.filter((plugin) => !cycle.answers?.plugins.has(plugin.name));
  cycle.preFiltered = preFilter.filter(isLeft);
  if (rejected) return { narrowing, rejected: rejected.rejection, plugins: new Set([rejected.plugin]) };
  return { narrowing, plugins: new Set(narrowing), ...(only ? { only } : {}) };
}
