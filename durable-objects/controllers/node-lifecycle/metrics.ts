/** Metrics of nodes and their zones (upstream `nodelifecycle/metrics.go`). */
import { type Family, gauge, type Measurement, measure } from '../../../kube/metrics/registry.ts';
import type { Node, Taint } from '../../../kube/types.ts';
import { NODE_HEALTH } from '../common/taints.ts';
import type { ReadPort } from '../runtime/ports.ts';
import { objects } from '../runtime/view/pages.ts';

/** The label of a zone (component-helpers `node/topology`, GetZoneKey). */
function zoneKey({ metadata: { labels = {} } }: Node): string {
  const [region = '', zone = ''] = [labels['topology.kubernetes.io/region'], labels['topology.kubernetes.io/zone']];
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

/** The eviction that begins with the taints that a node gets, or that turns to another taint. */
export function evictions(node: Node, taints: readonly Taint[]): Measurement[] {
  const evicts = taints.find(({ key, effect }) => NODE_HEALTH.has(key) && effect === 'NoExecute');
  const isKnown = node.spec?.taints?.some(({ key, effect }) => key === evicts?.key && effect === evicts?.effect);
  return evicts && !isKnown ? [measure('node_collector_evictions_total', 1, zoneKey(node))] : [];
}

export function zoneGauges(read: ReadPort): Family[] {
  const zones = new Map<string, { size: number; unhealthy: number }>();
  for (const node of objects<Node>(read, 'nodes')) {
    if (node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined) continue;
    const key = zoneKey(node);
    const zone = zones.get(key) ?? { size: 0, unhealthy: 0 };
    zones.set(key, zone);
    zone.size++;
    const isReady = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    if (!isReady) zone.unhealthy++;
  }
  const all = [...zones];
  return [
    gauge(
      'node_collector_zone_size',
      all.map(([key, { size }]) => [size, key] as const),
    ),
    gauge(
      'node_collector_unhealthy_nodes_in_zone',
      all.map(([key, { unhealthy }]) => [unhealthy, key] as const),
    ),
    gauge(
      'node_collector_zone_health',
      all.map(([key, { size, unhealthy }]) => [(100 * (size - unhealthy)) / size, key] as const),
    ),
  ];
}
