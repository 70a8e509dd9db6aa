/**
 * ttl-controller (upstream `pkg/controller/ttl`): nodes are told for how long kubelets may keep Secrets and ConfigMaps, the
 * longer the more nodes there are.
 */
import { parseKey } from '../../kube/machinery/resource.ts';
import { defineController } from './runtime/controller.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';

/** Seconds by the number of nodes; they overlap, so that a node more or less does not change them back and forth. */
const STEPS = [
  { least: 0, most: 100, seconds: 0 },
  { least: 90, most: 500, seconds: 15 },
  { least: 450, most: 1000, seconds: 30 },
  { least: 900, most: 2000, seconds: 60 },
  { least: 1800, most: Number.POSITIVE_INFINITY, seconds: 300 },
] as const;

/** As it is annotated, where that is a number. */
const ttlOf = defineProjection<number>({
  field: 'ttl',
  resource: 'nodes',
  compute({ metadata }) {
    const text = metadata.annotations?.[ANNOTATION];
    return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  },
});

export const ttlController = defineController({
  name: 'ttl-controller',
  for: 'nodes',
  projections: [ttlOf],
  reconcile(key, view) {
    const node = view.projection(key);
    const seconds = secondsFor(view);
    if (!node || ttlOf.of(node) === seconds) return { actions: [] };
    const target = { resource: 'nodes', namespace: '', name: parseKey(key).name };
    const patch = { metadata: { annotations: { [ANNOTATION]: String(seconds) } } };
    return { actions: [{ do: 'patch', target, patch, type: 'strategic' }] };
  },
});

/** From the step that the nodes are at, as their annotations tell. */
function secondsFor(view: View): number {
  let longest = 0;
  for (const node of view.projections('nodes', '')) {
    const seconds = ttlOf.of(node) ?? 0;
    if (seconds > longest && STEPS.some((step) => step.seconds === seconds)) longest = seconds;
  }
  return secondsAt(view.count('nodes'), longest);
}

/** The seconds for so many nodes, the longest that one of them was told until now being `before`. */
export function secondsAt(nodes: number, before: number): number {
  let step = STEPS.findIndex(({ seconds }) => seconds === before);
  while (nodes > (STEPS[step]?.most ?? 0)) step++;
  while (nodes < (STEPS[step]?.least ?? 0)) step--;
  return STEPS[step]?.seconds ?? 0;
}
