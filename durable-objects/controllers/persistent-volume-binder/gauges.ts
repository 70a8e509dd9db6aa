/** Counts of volumes and claims (upstream `volume/persistentvolume/metrics`). */
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kube/types.ts';
import { claimClass } from '../../../kube/volumes/classes.ts';
import type { ReadPort } from '../runtime/ports.ts';
import { objects } from '../runtime/view/pages.ts';
import { CLAIMS, VOLUMES } from './facts.ts';
import { pluginName } from './plugins.ts';

/** Objects by their labels. */
class Counts<L extends readonly string[]> {
  readonly #rows = new Map<string, { labels: L; count: number }>();

  add(...labels: L): void {
    const id = labels.join('/');
    const row = this.#rows.get(id);
    if (row) row.count++;
    else this.#rows.set(id, { labels, count: 1 });
  }

  get values(): (readonly [number, ...L])[] {
    return [...this.#rows.values()].map(({ labels, count }) => [count, ...labels] as const);
  }
}

export function volumeGauges(read: ReadPort): Family[] {
  const total = new Counts<readonly [string, string]>();
  const volumes = { bound: new Counts<readonly [string]>(), unbound: new Counts<readonly [string]>() };
  for (const { spec, status } of objects<PersistentVolume>(read, VOLUMES)) {
    total.add(pluginName(spec), spec?.volumeMode ?? 'Filesystem');
    volumes[status?.phase === 'Bound' ? 'bound' : 'unbound'].add(spec?.storageClassName ?? '');
  }
  type Labels = readonly [string, string, string];
  const claims = { bound: new Counts<Labels>(), unbound: new Counts<Labels>() };
  for (const claim of objects<PersistentVolumeClaim>(read, CLAIMS)) {
    const { metadata, spec, status } = claim;
    const labels: Labels = [metadata.namespace ?? '', claimClass(claim), spec?.volumeAttributesClassName ?? ''];
    claims[status?.phase === 'Bound' ? 'bound' : 'unbound'].add(...labels);
  }
  return [
    gauge('pv_collector_total_pv_count', total.values),
    gauge('pv_collector_bound_pv_count', volumes.bound.values),
    gauge('pv_collector_unbound_pv_count', volumes.unbound.values),
    gauge('pv_collector_bound_pvc_count', claims.bound.values),
    gauge('pv_collector_unbound_pvc_count', claims.unbound.values),
  ];
}
