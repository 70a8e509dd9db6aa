/**
 * Leases of nodes are written when somebody looks (`nodes/leases.ts`): so what is read and watched is what is stored.
 */
import type { Call } from './server.ts';

const STORAGE = 'leases.coordination.k8s.io';
const NAMESPACE = 'kube-node-lease';

/** To be waited for before the request is answered; undefined when it does not ask for them. */
export function renewLeases({ server, storage, info }: Call): Promise<void> | undefined {
  const { nodeLeases } = server;
  if (storage !== STORAGE || !nodeLeases || (info.namespace !== '' && info.namespace !== NAMESPACE)) return undefined;
  const node = info.name || undefined;
  if (info.verb === 'watch') return nodeLeases.watch(node);
  return info.verb === 'get' || info.verb === 'list' ? nodeLeases.renew(node) : undefined;
}
