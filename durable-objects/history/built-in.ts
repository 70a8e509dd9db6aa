/** The objects that every cluster has from its beginning, or makes by itself: no rewind removes one. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { KeyParts } from '../../kube/machinery/resource.ts';
import { SERVICE_CIDR, SYSTEM_NAMESPACES } from '../../kube/system-objects.ts';
import { STANDARD_CLASS } from '../../kube/volumes/local-path.ts';

const NAMESPACES: ReadonlySet<string> = new Set(SYSTEM_NAMESPACES);

export function isBuiltIn({ resource, namespace, name }: KeyParts, { metadata }: KubeObject): boolean {
  const { labels = {}, annotations = {} } = metadata;
  if (labels['kubernetes.io/bootstrapping'] === 'rbac-defaults') return true;
  if (annotations['apf.kubernetes.io/autoupdate-spec'] === 'true') return true;
  switch (resource) {
    case 'namespaces':
      return NAMESPACES.has(name);
    case 'services':
      return namespace === 'default' && name === 'kubernetes';
    case 'endpoints':
    case 'endpointslices.discovery.k8s.io':
      return namespace === 'default' && name === 'kubernetes';
    case 'serviceaccounts':
      return name === 'default' || namespace === 'kube-system';
    case 'priorityclasses.scheduling.k8s.io':
      return name.startsWith('system-');
    case 'servicecidrs.networking.k8s.io':
      return name === SERVICE_CIDR.metadata.name;
    case 'storageclasses.storage.k8s.io':
      return name === STANDARD_CLASS.metadata.name;
    default:
      return false;
  }
}
