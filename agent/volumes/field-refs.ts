/** The downward API: `fieldRef` and `resourceFieldRef` (kubelet `fieldpath`, `resource/helpers.go`). */
import { entryOf } from '../../kube/machinery/entries.ts';
import { milliOf, unitsOf } from '../../kube/machinery/quantity.ts';
import type { Container, Pod } from '../../kube/types.ts';

export interface DownwardContext {
  node: { name: string; hostIPs: readonly string[] };
  podIPs: readonly string[];
}

/** `metadata.labels['app']`, `status.podIP`, … as text. Throws on a path that cannot be had. */
export function fieldValue(path: string, pod: Pod, { node, podIPs }: DownwardContext): string {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(path);
  if (subscript) {
    const map = subscript[1] === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations;
    return entryOf(map, subscript[2] ?? '') ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return mapText(pod.metadata.labels);
    case 'metadata.annotations':
      return mapText(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? node.name;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? 'default';
    case 'status.hostIP':
      return node.hostIPs[0] ?? '';
    case 'status.hostIPs':
      return node.hostIPs.join(',');
    case 'status.podIP':
      return podIPs[0] ?? '';
    case 'status.podIPs':
      return podIPs.join(',');
  }
  throw new Error(`unsupported fieldPath: ${path}`);
}

/** `key="value"` lines in order, as `fieldpath.FormatMap`. */
function mapText(map: Record<string, string> | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify(map?.[key])}`)
    .join('\n');
}

export interface ResourceSelector {
  containerName?: string;
  resource: string;
  divisor?: string;
}

/** In units of the divisor, rounded up. A limit that is not set is the node's allocatable amount. */
export function resourceFieldValue(
  selector: ResourceSelector,
  pod: Pod,
  own: Container | undefined,
  allocatable: Readonly<Record<string, string>>,
): string {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = selector.containerName ? all.find(({ name }) => name === selector.containerName) : own;
  if (!container) throw new Error(`container ${selector.containerName ?? ''} not found`);
  const [which, resource = ''] = selector.resource.split(/\.(.*)/s);
  const { limits, requests } = container.resources ?? {};
  const asked =
    which === 'limits' ? (entryOf(limits, resource) ?? entryOf(allocatable, resource)) : entryOf(requests, resource);
  const divisor = selector.divisor && selector.divisor !== '0' ? selector.divisor : '1';
  const amount = resource === 'cpu' ? milliOf(asked) / milliOf(divisor) : unitsOf(asked) / unitsOf(divisor);
  return String(Math.ceil(amount));
}
