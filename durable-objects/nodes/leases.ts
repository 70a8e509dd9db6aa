/**
 * Leases of nodes (KEP-589). The runtime answers the heartbeats of agents without waking the object, and simulated
 * nodes have none, so a Lease is written when it is read, as of the node's last heartbeat and at most once in ten
 * seconds, and by a timer while it is watched. A kubelet other than Islet's agent has no socket and renews its own
 * Lease, which is left alone.
 */
import { type Key, keyOf, keyPrefix, parseKey } from '../../kube/machinery/resource.ts';
import { microTime } from '../../kube/machinery/time.ts';
import type { Lease, Node } from '../../kube/types.ts';
import { isPresentText, isSimulated } from '../../wire/nodes.ts';
import type { Clock, ReadPort, RequestPort, TimerPort } from '../controllers/runtime/ports.ts';

export interface NodeLeasesPorts {
  read: ReadPort;
  request: RequestPort['request'];
  timers: TimerPort;
  clock: Clock;
  /** The time at which a node's socket was last heard, in milliseconds; undefined when it has none. */
  lastHeard(node: string): number | undefined;
  /** Whether this key, or anything under this prefix, is watched. */
  isWatched(prefix: string): boolean;
}

export interface NodeLeases {
  /** Brings the Lease of a node, or those of all, up to date; called before they are read. */
  renew(node: string | undefined): Promise<void>;
  /** Renews in the same way, and again by a timer while the watch that begins now lasts. */
  watch(node: string | undefined): Promise<void>;
  /** The timer {@link LEASE_TIMER} has come due. */
  alarm(now: number): Promise<void>;
}

export const LEASE_TIMER = 'node-leases/renew';
const LEASES = 'leases.coordination.k8s.io';
const NAMESPACE = 'kube-node-lease';
const PATH = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
/** The kubelet's defaults: a quarter of the duration between renewals. */
const DURATION_SECONDS = 40;
const RENEW_EVERY = 10_000;
const PAGE = 100;

interface StoredNode {
  key: Key;
  text: string;
  revision: number;
}

export function createNodeLeases(ports: NodeLeasesPorts): NodeLeases {
  return new LeaseRenewer(ports);
}

class LeaseRenewer implements NodeLeases {
  readonly #ports: NodeLeasesPorts;
  readonly #writing = new Map<Key, Promise<void>>();
  /** The time of the next timer, as far as this life of the object knows. */
  #ringsAt = 0;

  constructor(ports: NodeLeasesPorts) {
    this.#ports = ports;
  }

  async renew(node: string | undefined): Promise<void> {
    if (node === undefined) return this.#renewAll(RENEW_EVERY, () => true);
    const key = keyOf('nodes', '', node);
    const stored = this.#ports.read.get(key);
    if (stored) await this.#renewOne({ key, ...stored }, RENEW_EVERY);
  }

  watch(node: string | undefined): Promise<void> {
    const now = this.#ports.clock.now();
    // A new watch does not put off the renewals that others wait for.
    if (this.#ringsAt <= now) this.#arm(now);
    return this.renew(node);
  }

  async alarm(now: number): Promise<void> {
    const { isWatched } = this.#ports;
    // The clock may have been set back, and the timer have rung before its time.
    this.#ringsAt = 0;
    if (!isWatched(keyPrefix(LEASES, NAMESPACE))) return;
    // The timer is set first, so that it rings again even if a renewal fails.
    this.#arm(now);
    await this.#renewAll(0, (key) => isWatched(keyOf(LEASES, NAMESPACE, parseKey(key).name)));
  }

  #arm(now: number): void {
    this.#ringsAt = now + RENEW_EVERY;
    this.#ports.timers.set(LEASE_TIMER, this.#ringsAt);
  }

  async #renewAll(every: number, wanted: (key: Key) => boolean): Promise<void> {
    let after: Key | undefined;
    do {
      const page = this.#ports.read.list({ prefix: keyPrefix('nodes'), limit: PAGE, ...(after ? { after } : {}) });
      await Promise.all(page.items.filter(({ key }) => wanted(key)).map((node) => this.#renewOne(node, every)));
      after = page.next;
    } while (after !== undefined);
  }

  /** `every`: a Lease that was written less than so many milliseconds ago is left. */
  #renewOne(node: StoredNode, every: number): Promise<void> | undefined {
    const { read, clock, lastHeard } = this.#ports;
    const { name } = parseKey(node.key);
    const now = clock.now();
    // A simulated node is part of the object, and so always there, unless it is told not to be.
    const stored = read.get(keyOf(LEASES, NAMESPACE, name));
    const heard = isPresentText(node.text) ? now : (lastHeard(name) ?? (stored ? undefined : fellSilent(node.text)));
    if (heard === undefined) return undefined;
    const renewed = stored && Date.parse((JSON.parse(stored.text) as Lease).spec?.renewTime ?? '');
    // A Lease of later than now is of before the clock was set back.
    const isKnown = renewed !== undefined && renewed <= now;
    if (isKnown && (heard <= renewed || now - renewed < every)) return undefined;
    const underWay = this.#writing.get(node.key);
    if (underWay) return underWay;
    const write = this.#write(node, name, heard, stored !== undefined, now).finally(() =>
      this.#writing.delete(node.key),
    );
    this.#writing.set(node.key, write);
    return write;
  }

  /** As the kubelet would, and as its user. A write that is refused is tried again at the next read. */
  async #write({ key, text, revision }: StoredNode, name: string, heard: number, exists: boolean, now: number) {
    const spec = { holderIdentity: name, leaseDurationSeconds: DURATION_SECONDS, renewTime: microTime(heard) };
    const common = {
      user: `system:node:${name}`,
      groups: ['system:nodes', 'system:authenticated'],
      cause: { kind: 'controller', at: now, name: 'node-leases', key, saw: revision },
    } as const;
    const { request } = this.#ports;
    if (exists) {
      const contentType = 'application/merge-patch+json';
      await request({ ...common, method: 'PATCH', path: `${PATH}/${name}`, contentType, body: { spec } });
      return;
    }
    const { uid } = (JSON.parse(text) as Node).metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name, uid }];
    const metadata = { name, namespace: NAMESPACE, ownerReferences };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    await request({ ...common, method: 'POST', path: PATH, body });
  }
}

/** The last heartbeat of a simulated node that was told to be silent before its Lease was ever read. */
function fellSilent(text: string): number | undefined {
  const { metadata, status } = JSON.parse(text) as Node;
  if (!isSimulated({ metadata })) return undefined;
  const at = Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime ?? '');
  return Number.isNaN(at) ? undefined : at;
}
