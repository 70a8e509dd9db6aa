/**
 * The simulated nodes. A Node object with their label is one: `islet nodes add` and `kubectl create` make them, and one
 * that is deleted is gone for good. Those that a new cluster begins with are made here. Each gets its labels and its
 * status from its kubelet, which is silent where an annotation says so, and a taint once a real node has joined.
 */
import type { Cause } from '../../../kube/machinery/cause.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { type Host, hostOf, type PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import { Occupancy } from '../../../kube/scheduling/occupancy.ts';
import type { Node, Taint } from '../../../kube/types.ts';
import {
  isSimulated,
  isUnreachable,
  SIMULATED,
  simulatedIndex,
  simulatedName,
  simulatedPodCIDR,
} from '../../../wire/nodes.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { AddressPool } from './addresses.ts';
import type { Pressure } from './evictions.ts';
import { simulatedNode, TAINT } from './node-object.ts';
import {
  isStale,
  type NodeReportPorts,
  postNode,
  recordNodeEvents,
  surroundingsOf,
  NODES_USER as USER,
} from './node-reports.ts';
import { hostAddress, nodeNotices, pressuresOf } from './node-status.ts';

export interface SimulatedMember {
  hostIP: string;
  pool: AddressPool;
  host: Host;
  /** Resources that its pods hold. */
  held: Occupancy;
  /** For which its kubelet evicts pods. */
  pressures: readonly Pressure[];
}

interface Known {
  revision: number;
  /** `nameless`: it has the label, and a name that no simulated node has: it never has a kubelet. */
  kind: 'real' | 'simulated' | 'nameless';
  podCIDR: string | undefined;
  taints: readonly Taint[];
  /** Its kubelet is silent. */
  isSilent: boolean;
  /** Its labels or its status are not as its kubelet has them. */
  isStale: boolean;
  /** Told in events. */
  notices: readonly PodEvent[];
}

export interface FleetPorts extends NodeReportPorts {
  /** The number of nodes, from sim-0 on, that are to be made if they are not there. */
  nodes(): number;
  /** They were made. */
  made(): void;
}

/** The cause of the writes of nodes. */
export const SIMULATED_NODES = 'simulated-nodes';
const UNNAMED = 'simulated nodes are named sim-0 to sim-2815: this one has no kubelet, so nothing runs on it';

/** Creates and taints nodes, and is the kubelet of each as far as its Node object goes; pods are not its business. */
export class Fleet {
  readonly #ports: FleetPorts;
  readonly #nodes = new Map<string, Known>();
  readonly #members = new Map<string, SimulatedMember>();
  /** Requests under way, by node name; `true`: look again afterwards. */
  readonly #busy = new Map<string, boolean>();
  /** Nodes that were deleted in this life of the object, which are not made again. */
  readonly #gone = new Set<string>();
  readonly #told = new Map<string, string>();
  #again = false;

  constructor(ports: FleetPorts) {
    this.#ports = ports;
  }

  member(name: string): SimulatedMember | undefined {
    return this.#members.get(name);
  }

  /** Whether a simulated node cannot have pods yet: it has no range for them, or no status. */
  get isIncomplete(): boolean {
    for (const [name, { kind, isSilent }] of this.#nodes) {
      if (kind === 'simulated' && !isSilent && !this.#members.has(name)) return true;
    }
    return false;
  }

  /** Takes in a committed change of a node, or one seen in the first scan. */
  take({ key, revision, gone, object }: Pick<ObservedState, 'key' | 'revision' | 'gone' | 'object'>): void {
    const name = key.slice(keyOf('nodes', '', '').length);
    const known = this.#nodes.get(name);
    if (known && known.revision >= revision) return;
    if (gone) {
      this.#nodes.delete(name);
      this.#members.delete(name);
      this.#told.delete(name);
      this.#gone.add(name);
      return;
    }
    const node = object() as unknown as Node;
    const seen = this.#look(name, node, revision);
    this.#nodes.set(name, seen);
    const member = this.#members.get(name);
    if (seen.kind !== 'simulated' || seen.isSilent) this.#members.delete(name);
    else if (member) Object.assign(member, propertiesOf(name, node));
    // A node without a range for its pods, or without a status, has nothing to give.
    else if (seen.podCIDR && node.status?.allocatable) {
      const pool = new AddressPool(seen.podCIDR);
      this.#members.set(name, { pool, held: new Occupancy(), ...propertiesOf(name, node) });
    }
  }

  #look(name: string, node: Node, revision: number): Known {
    const index = simulatedIndex(name);
    const kind = !isSimulated(node) ? 'real' : index === undefined ? 'nameless' : 'simulated';
    const isSilent = kind === 'simulated' && isUnreachable(node);
    const nameless: PodEvent[] = [{ type: 'Warning', reason: 'NotSimulated', message: UNNAMED }];
    return {
      revision,
      kind,
      podCIDR: node.spec?.podCIDR,
      taints: node.spec?.taints ?? [],
      isSilent,
      isStale: index !== undefined && kind === 'simulated' && !isSilent && isStale(node, index, this.#ports),
      notices: kind === 'real' ? [] : kind === 'nameless' ? nameless : nodeNotices(node),
    };
  }

  /** The requests that make the nodes as they should be. Each runs by itself; nothing here is waited for. */
  correct(): Promise<boolean>[] {
    const tainted = [...this.#nodes.values()].some(({ kind }) => kind === 'real');
    const work: Promise<boolean>[] = [];
    const run = (name: string, act: () => Promise<boolean>): void => {
      if (this.#busy.has(name)) {
        this.#busy.set(name, true);
        return;
      }
      this.#busy.set(name, false);
      const done = act().then(
        (ok) => this.#done(name) || ok,
        () => this.#done(name),
      );
      work.push(done);
    };
    const missing = this.#missing();
    for (const index of missing) run(simulatedName(index), () => this.#create(index, tainted));
    if (missing.length === 0 && this.#ports.nodes() > 0) this.#ports.made();
    for (const [name, node] of this.#nodes) {
      this.#tell(name, node);
      if (node.kind !== 'simulated') continue;
      if (tainted !== node.taints.some(isOurs)) run(name, () => this.#taint(name, node, tainted));
      else if (node.isStale) run(name, () => postNode(this.#ports, name, (saw) => this.#cause(name, saw)));
    }
    return work;
  }

  /** Whether a node has changed while it was written, so that it is looked at again. */
  takeAgain(): boolean {
    const again = this.#again;
    this.#again = false;
    return again;
  }

  #done(name: string): boolean {
    const again = this.#busy.get(name) ?? false;
    this.#busy.delete(name);
    this.#again ||= again;
    return again;
  }

  #missing(): number[] {
    const indexes = Array.from({ length: this.#ports.nodes() }, (_, index) => index);
    return indexes.filter((index) => {
      const name = simulatedName(index);
      return !this.#nodes.has(name) && !this.#gone.has(name);
    });
  }

  async #create(index: number, tainted: boolean): Promise<boolean> {
    const { request } = this.#ports;
    const preferred = simulatedPodCIDR(index);
    const isTaken = [...this.#nodes.values()].some(({ podCIDR }) => podCIDR === preferred);
    const podCIDR = isTaken ? undefined : preferred;
    const node = simulatedNode({ index, podCIDR, tainted, ...surroundingsOf(this.#ports) });
    const cause = this.#cause(simulatedName(index), 0);
    return (await request({ ...USER, method: 'POST', path: '/api/v1/nodes', body: node, cause })).ok;
  }

  /** Annotations that cannot be followed are told once. */
  #tell(name: string, { notices, revision }: Known): void {
    const text = notices.map(({ message }) => message).join('\n');
    if (text === (this.#told.get(name) ?? '')) return;
    this.#told.set(name, text);
    recordNodeEvents(this.#ports, name, notices, { cause: this.#cause(name, revision), once: true });
  }

  async #taint(name: string, { taints, revision }: Known, tainted: boolean): Promise<boolean> {
    const others = taints.filter((taint) => !isOurs(taint));
    const next = tainted ? [...others, TAINT] : others;
    const answer = await this.#ports.request({
      ...USER,
      method: 'PATCH',
      path: `/api/v1/nodes/${name}`,
      contentType: 'application/merge-patch+json',
      // Taints are replaced as a whole: only those that were seen.
      body: { metadata: { resourceVersion: String(revision) }, spec: { taints: next.length > 0 ? next : null } },
      cause: this.#cause(name, revision),
    });
    return answer.ok;
  }

  #cause(name: string, saw: number): Cause {
    return {
      kind: 'controller',
      at: this.#ports.clock.now(),
      name: SIMULATED_NODES,
      key: keyOf('nodes', '', name),
      saw,
    };
  }
}

/** Those that change with the Node. */
function propertiesOf(name: string, node: Node): Pick<SimulatedMember, 'hostIP' | 'host' | 'pressures'> {
  const hostIP = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
  return {
    hostIP: hostIP ?? hostAddress(simulatedIndex(name) ?? 0),
    host: hostOf(node),
    pressures: pressuresOf(node),
  };
}

function isOurs(taint: Taint): boolean {
  return taint.key === SIMULATED && taint.effect === TAINT.effect;
}
