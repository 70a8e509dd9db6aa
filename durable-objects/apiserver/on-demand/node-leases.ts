/** Leases of nodes are renewed when a request reads or watches them (`nodes/leases.ts`), and answered as stored. */
import type { Call } from '../call.ts';

const STORAGE = 'leases.coordination.k8s.io';
const NAMESPACE = 'kube-node-lease';

/** Resolves when the Leases that the request asks for are renewed; undefined when it asks for none. */
export function renewLeases({ server, storage, info }: Call): Promise<void> | undefined {
  const { nodeLeases } = server;
  if (storage !== STORAGE || !nodeLeases || (info.namespace !== '' && info.namespace !== NAMESPACE)) return undefined;
  const node = info.name || undefined;
  if (info.verb === 'watch') return nodeLeases.watch(node);
  return info.verb === 'get' || info.verb === 'list' ? nodeLeases.renew(node) : undefined;
}
