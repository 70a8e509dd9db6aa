/**
 * The pace of NoExecute taints on nodes that are not ready, which evict their pods (upstream `nodelifecycle`,
 * handleDisruption and doNoExecuteTaintingPass): one node at a time and zone, slower or not at all where many of a zone
 * are down, and none while all are: then it is more likely that this side cannot be reached.
 *
 * Upstream keeps a rate limiter for each zone. Here the times at which the nodes of a zone were tainted give the time
 * of the next one.
 */
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Node } from '../../../kube/types.ts';
import { SIMULATED } from '../../../wire/nodes.ts';
import { NODE_HEALTH } from '../common/taints.ts';
import { defineIndex, defineProjection, type Projection } from '../runtime/view/projection.ts';

export interface HealthFacts {
  /** Status of the condition Ready; '' when there is none. */
  ready: string;
  /** Simulated nodes are down only when told to be, so real and simulated ones are judged apart. */
  simulated: boolean;
  /** Region and zone (component-helpers `node/topology`, GetZoneKey). */
  zone: string;
  /** The node is left out of the count. */
  excluded: boolean;
  /** The time of its NoExecute taint for not being ready; 0 when it has none. */
  taintedAt: number;
}

export const healthFacts = defineProjection<HealthFacts>({
  field: 'health',
  resource: 'nodes',
  compute: (object, intern) => {
    const { metadata, spec, status } = object as unknown as Node;
    const labels = metadata.labels ?? {};
    const [region = '', zone = ''] = [labels['topology.kubernetes.io/region'], labels['topology.kubernetes.io/zone']];
    const taint = spec?.taints?.find(({ key, effect }) => NODE_HEALTH.has(key) && effect === 'NoExecute');
    return intern.value({
      ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? '',
      simulated: labels[SIMULATED] !== undefined,
      zone: region === '' && zone === '' ? '' : `${region}:${zone}`,
      excluded: labels['node.kubernetes.io/exclude-disruption'] !== undefined,
      taintedAt: taint ? timeOf(taint.timeAdded as unknown as string | undefined) || 1 : 0,
    });
  },
});

/** Nodes that are not ready, or are tainted for it: their taints may depend on other nodes. */
export const notReadyNodes = defineIndex({
  name: 'nodes that are not ready',
  resource: 'nodes',
  values: (node) => {
    const facts = healthFacts.of(node);
    return facts && (isNotReady(facts.ready) || facts.taintedAt > 0) ? [String(facts.simulated)] : [];
  },
});

export function isNotReady(ready: string | undefined): boolean {
  return ready === 'False' || ready === 'Unknown';
}

export type Verdict =
  /** All nodes are down: no node keeps its NoExecute taint. */
  | { evict: 'none' }
  /** As many nodes as may are being evicted: look again after this many milliseconds; undefined: when nodes change. */
  | { evict: 'later'; after?: number }
  | { evict: 'now' };

/** Upstream's `--node-eviction-rate` and `--secondary-node-eviction-rate`, as time between two nodes. */
const INTERVAL_MS = 10_000;
const SLOW_INTERVAL_MS = 100_000;
/** `--large-cluster-size-threshold` and `--unhealthy-zone-threshold` */
const LARGE_ZONE = 50;
const UNHEALTHY_SHARE = 0.55;

/** `nodes` are all nodes; `node` is not ready, and not tainted for it yet. */
export function judgeEviction(node: Projection, nodes: Iterable<Projection>, now: number): Verdict {
  const own = healthFacts.of(node);
  if (!own) return { evict: 'later' };
  let [ready, counted, size, notReady, lastTainted, before] = [0, 0, 0, 0, 0, 0];
  for (const other of nodes) {
    const facts = healthFacts.of(other);
    if (!facts || facts.simulated !== own.simulated) continue;
    const isReady = facts.ready === 'True';
    if (!facts.excluded) {
      counted++;
      if (isReady) ready++;
    }
    if (facts.zone !== own.zone) continue;
    if (!facts.excluded) {
      size++;
      if (!isReady) notReady++;
    }
    lastTainted = Math.max(lastTainted, facts.taintedAt);
    // The nodes of a zone that wait take their turns by name.
    if (isNotReady(facts.ready) && facts.taintedAt === 0 && other.name < node.name) before++;
  }
  if (counted > 0 && ready === 0) return { evict: 'none' };
  const interval = intervalOf(size, notReady);
  if (interval === undefined) return { evict: 'later' };
  const due = Math.max(now, lastTainted + interval) + before * interval;
  return due <= now ? { evict: 'now' } : { evict: 'later', after: due - now };
}

/** `ComputeZoneState` and `setLimiterInZone`: a zone that is down as a whole is evicted at the normal rate. */
function intervalOf(size: number, notReady: number): number | undefined {
  const isPartial = notReady > 2 && notReady < size && notReady / size >= UNHEALTHY_SHARE;
  if (!isPartial) return INTERVAL_MS;
  return size > LARGE_ZONE ? SLOW_INTERVAL_MS : undefined;
}
