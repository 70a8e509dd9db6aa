/** Metrics of the storage (apiserver `pkg/storage/etcd3/metrics`): objects are counted when metrics are read. */
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { type Family, gauge } from '../../../kube/metrics/registry.ts';
import type { ServerPorts } from '../server.ts';

export function* storageMetrics({ kinds, store }: Pick<ServerPorts, 'kinds' | 'store'>): Generator<Family> {
  const objects = kinds.kinds.flatMap((kind): (readonly [number, string, string])[] => {
    const { group, plural, resource, verbs } = kind;
    const preferred = kinds.preferred(resource);
    // Objects that are served in several versions or groups are counted once, and those that are stored nowhere never.
    const isCounted = preferred?.kind === kind && preferred.storage === resource && verbs.includes('list');
    if (!isCounted || !verbs.includes('create')) return [];
    return [[store.count(keyPrefix(resource)), group, plural]];
  });
  yield gauge('apiserver_resource_objects', objects);
  // Its name is that of the resource alone, with its group.
  yield gauge(
    'apiserver_storage_objects',
    objects.map(([count, group, plural]) => [count, group === '' ? plural : `${plural}.${group}`] as const),
  );
  yield gauge('apiserver_storage_size_bytes', [[store.use.used, 'islet']]);
}
