/**
 * `/metrics` for Prometheus, by upstream's names (apiserver `pkg/storage/etcd3/metrics`): objects are counted when it is
 * asked for, requests as they are answered (`request-metrics.ts`).
 */
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { ApiResponse } from '../request.ts';
import type { Server } from '../server.ts';

const DEPRECATED = '(Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead]';

interface Metric {
  name: string;
  help: string;
  /** Values, by their labels as they are printed. */
  values: readonly (readonly [labels: string, value: number])[];
}

export function metrics({ kinds, store, requests }: Pick<Server, 'kinds' | 'store' | 'requests'>): ApiResponse {
  const objects = kinds.kinds.flatMap((kind): (readonly [string, number])[] => {
    const { group, plural, resource, support, verbs } = kind;
    const preferred = kinds.preferred(resource);
    // Objects that are served in several versions or groups are counted once.
    const isCounted = preferred?.kind === kind && preferred.storage === resource && verbs.includes('list');
    if (!isCounted || support === 'refused') return [];
    return [[`{group=${JSON.stringify(group)},resource=${JSON.stringify(plural)}}`, store.count(keyPrefix(resource))]];
  });
  const all: Metric[] = [
    {
      name: 'apiserver_storage_objects',
      help: `${DEPRECATED} Number of stored objects split by kind.`,
      values: objects,
    },
    { name: 'apiserver_resource_objects', help: 'Number of stored objects split by kind.', values: objects },
    {
      name: 'apiserver_storage_size_bytes',
      help: 'Size of the storage database file physically allocated in bytes.',
      values: [['{storage_cluster_id="islet"}', store.use.used]],
    },
  ];
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' };
  return { type: 'response', status: 200, headers, body: [...requests.print(), ...all.map(print)].join('') };
}

function print({ name, help, values }: Metric): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}
