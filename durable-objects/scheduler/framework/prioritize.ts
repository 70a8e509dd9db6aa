import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from './cycle-state.ts';
import type { DecisionTrace } from './decision-trace.ts';
import type { Plugin } from './interface.ts';
import type { Profile } from './profile.ts';

/** Extenders give up to 10, plugins up to 100. */
const EXTENDER_SCALE = 10;

/** The node with the highest sum of weighted scores; a tie is broken by chance. */
export function prioritizeNodes(
  cycle: CycleState,
  { points, weights }: Profile,
  nodes: readonly NodeInfo[],
  random: { next(): number },
  trace?: DecisionTrace,
): NodeInfo {
  const given = cycle.surroundings.consultation?.prioritize(nodes) ?? [];
  const totals = new Float64Array(nodes.length);
  const skipping = points.preScore.filter((plugin) => plugin.preScore?.(cycle, nodes) === 'skip');
  const slots = cycle.answers?.slotsOf(nodes);
  for (const plugin of points.score) {
    if (!plugin.score || skipping.includes(plugin) || plugin.abstains?.(cycle)) continue;
    const scores = scoresOf(plugin, cycle, nodes, slots);
    plugin.normalize?.(cycle, scores, nodes);
    const weight = weights[plugin.name] ?? 1;
    trace?.scored(plugin, weight, scores);
    for (let i = 0; i < nodes.length; i++) totals[i] = (totals[i] ?? 0) + weight * (scores[i] ?? 0);
  }
  for (const { extender, scores } of given) {
    const scaled = nodes.map(({ name }) => (scores.get(name) ?? 0) * EXTENDER_SCALE);
    trace?.scored({ name: extender.urlPrefix, prefers: 'extender' }, extender.weight, scaled);
    for (let i = 0; i < nodes.length; i++) totals[i] = (totals[i] ?? 0) + extender.weight * (scaled[i] ?? 0);
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

/** A node that has not changed since pods like this one were scored has the score that it had. */
function scoresOf(
  plugin: Plugin,
  cycle: CycleState,
  nodes: readonly NodeInfo[],
  slots: Int32Array | undefined,
): number[] {
  const scores = new Array<number>(nodes.length);
  const known = plugin.sign && cycle.answers?.scoresOf(plugin.name);
  for (let i = 0; i < nodes.length; i++) {
    const slot = slots?.[i] ?? 0;
    let score = known?.[slot] ?? Number.NaN;
    if (Number.isNaN(score)) {
      score = plugin.score?.(cycle, nodes[i] as NodeInfo) ?? 0;
      if (known) known[slot] = score;
    }
    scores[i] = score;
  }
  return scores;
}
