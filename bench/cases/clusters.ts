/** Cluster creation until it lists its namespaces, and memory of clusters that are awake. */
import { must } from '../lib/http.ts';
import { residentBytes } from '../lib/process.ts';
import { percentile } from '../lib/stats.ts';
import type { Figure, Target } from '../lib/target.ts';
import type { IsletTarget } from '../targets/islet.ts';

const CLUSTERS = 100;

export async function clusterCase(islet: IsletTarget): Promise<Figure[]> {
  const before = residentBytes(islet.pids);
  const times: number[] = [];
  const clusters: Target[] = [];
  for (let i = 0; i < CLUSTERS - 1; i++) {
    const from = performance.now();
    const cluster = await islet.createCluster(`bench-${i}`, 3);
    await must(cluster, 'GET', '/api/v1/namespaces');
    times.push(performance.now() - from);
    clusters.push(cluster);
  }
  // All of them awake at once, as after a request to each.
  await Promise.all(clusters.map((cluster) => must(cluster, 'GET', '/api/v1/nodes')));
  const each = (residentBytes(islet.pids) - before) / clusters.length;
  for (const cluster of clusters) await cluster.stop();
  const one = (what: string, unit: Figure['unit'], value: number, name = 'cluster creation'): Figure => ({
    case: name,
    what,
    unit,
    values: { islet: value },
  });
  return [
    one('p50', 'ms', percentile(times, 50)),
    one('p99', 'ms', percentile(times, 99)),
    one('resident memory each', 'MB', each / 1e6, `${clusters.length} awake clusters`),
  ];
}
