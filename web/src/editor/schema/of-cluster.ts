import type { Cluster } from '../../api/cluster.ts';
import { Catalog } from './catalog.ts';

const catalogs = new WeakMap<Cluster, Catalog>();

/** One for all editors of a cluster: documents are large. */
export function catalogOf(cluster: Cluster): Catalog {
  const kept = catalogs.get(cluster) ?? new Catalog(cluster.api);
  catalogs.set(cluster, kept);
  return kept;
}
