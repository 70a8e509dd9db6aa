/**
 * Leases of nodes (KEP-589), made when they are read: the runtime answers the heartbeats of agents without waking the
 * object, so no Lease is written for them, yet `kubectl describe node` and `kubectl get leases -n kube-node-lease` show
 * when each node was last heard of (design decision 8). A Lease that somebody did write is shown as it is.
 */
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Lease, Node } from '../../kube/types.ts';
import type { Store, Stored } from '../store/store.ts';
import type { Call } from './server.ts';

const NAMESPACE = 'kube-node-lease';
const LEASES = 'leases.coordination.k8s.io';
/** The kubelet's default. */
const DURATION_SECONDS = 40;
const PAGE = 500;

/** undefined when there is no such node, or nobody hears of it. */
export function nodeLease({ server, storage, info }: Call): Stored | undefined {
  if (storage !== LEASES || info.namespace !== NAMESPACE) return undefined;
  const node = server.store.get(keyOf('nodes', '', info.name));
  return node && made(node, server.lastHeard);
}

/** Those that are not stored, for the end of a list. */
export function nodeLeases({ server, storage, info }: Call): Stored[] {
  if (storage !== LEASES || (info.namespace !== '' && info.namespace !== NAMESPACE) || info.name !== '') return [];
  const leases: Stored[] = [];
  for (const node of nodes(server.store)) {
    const lease = made(node, server.lastHeard);
    if (lease && !server.store.get(lease.key)) leases.push(lease);
  }
  return leases;
}

function* nodes(store: Store): Generator<Stored> {
  let after: string | undefined;
  do {
    const page = store.list({ prefix: 'nodes/', after, limit: PAGE });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

function made(stored: Stored, lastHeard: ((node: string) => number | undefined) | undefined): Stored | undefined {
  const { metadata } = JSON.parse(stored.text) as Node;
  const { name = '', uid = '', creationTimestamp } = metadata;
  const heard = lastHeard?.(name);
  if (heard === undefined) return undefined;
  const lease: Lease = {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid,
      resourceVersion: String(stored.revision),
      creationTimestamp,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec: { holderIdentity: name, leaseDurationSeconds: DURATION_SECONDS, renewTime: microTime(heard) },
  };
  const { revision, created } = stored;
  return { key: keyOf(LEASES, NAMESPACE, name), revision, created, text: JSON.stringify(lease) };
}

/** metav1.MicroTime: six digits of fraction. */
function microTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}
