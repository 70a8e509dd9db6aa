/**
 * The simulated Node objects: as many as wanted, tainted once a real node has joined. Each comes with a range for pods,
 * unless another node was given that one: then the node-ipam-controller finds it another.
 */
import type { Cause } from '../../../kube/machinery/cause.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { type Host, hostOf } from '../../../kube/pod-lifecycle/index.ts';
import { Occupancy } from '../../../kube/scheduling/occupancy.ts';
import type { Node, Taint } from '../../../kube/types.ts';
import { isSimulated, SIMULATED } from '../../../wire/nodes.ts';
import type { Clock, Random, RequestPort } from '../../controllers/runtime/ports.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { AddressPool } from './addresses.ts';
import { hostAddress, simulatedIndex, simulatedName, simulatedNode, simulatedPodCIDR, TAINT } from './node-object.ts';

export interface SimulatedMember {
  hostIP: string;
  pool: AddressPool;
  host: Host;
  /** Resources that its pods hold. */
  held: Occupancy;
}

interface Known {
  revision: number;
  simulated: boolean;
  podCIDR: string | undefined;
  taints: readonly Taint[];
}

export interface FleetPorts {
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
  /** The wanted number of nodes. */
  nodes(): number;
}

const USER = {
  user: 'system:serviceaccount:kube-system:simulated-nodes',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

/** Creates, taints and deletes nodes; pods are the nodes' own business. */
export class Fleet {
  readonly #ports: FleetPorts;
  readonly #nodes = new Map<string, Known>();
  readonly #members = new Map<string, SimulatedMember>();
  /** Requests under way, by node name. */
  readonly #busy = new Set<string>();

  constructor(ports: FleetPorts) {
    this.#ports = ports;
  }

  member(name: string): SimulatedMember | undefined {
    return this.#members.get(name);
  }

  /** Whether a simulated node cannot have pods yet: it has no range for them, or no status. */
  get isIncomplete(): boolean {
    for (const [name, { simulated }] of this.#nodes) if (simulated && !this.#members.has(name)) return true;
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
      return;
    }
    const node = object() as unknown as Node;
    const podCIDR = node.spec?.podCIDR;
    const simulated = isSimulated(node);
    this.#nodes.set(name, { revision, simulated, podCIDR, taints: node.spec?.taints ?? [] });
    const member = this.#members.get(name);
    if (!simulated) this.#members.delete(name);
    else if (member) member.host = hostOf(node);
    // A node without a range for its pods, or without a status, has nothing to give.
    else if (podCIDR && node.status?.allocatable) {
      const hostIP = node.status.addresses?.find((address) => address.type === 'InternalIP')?.address;
      this.#members.set(name, {
        hostIP: hostIP ?? hostAddress(simulatedIndex(name) ?? 0),
        pool: new AddressPool(podCIDR),
        host: hostOf(node),
        held: new Occupancy(),
      });
    }
  }

  /** The requests that make the nodes as they should be. Each runs by itself; nothing here is waited for. */
  correct(): Promise<boolean>[] {
    const wanted = this.#ports.nodes();
    const tainted = [...this.#nodes.values()].some((node) => !node.simulated);
    const work: Promise<boolean>[] = [];
    const run = (name: string, act: () => Promise<boolean>): void => {
      if (this.#busy.has(name)) return;
      this.#busy.add(name);
      work.push(act().finally(() => this.#busy.delete(name)));
    };
    for (let index = 0; index < wanted; index++) {
      const name = simulatedName(index);
      if (!this.#nodes.has(name)) run(name, () => this.#create(index, tainted));
    }
    for (const [name, node] of this.#nodes) {
      if (!node.simulated) continue;
      const index = simulatedIndex(name);
      if (index === undefined) continue;
      if (index >= wanted) run(name, () => this.#delete(name));
      else if (tainted !== node.taints.some(isOurs)) run(name, () => this.#taint(name, node, tainted));
    }
    return work;
  }

  async #create(index: number, tainted: boolean): Promise<boolean> {
    const { request, clock, random } = this.#ports;
    const preferred = simulatedPodCIDR(index);
    const isTaken = [...this.#nodes.values()].some(({ podCIDR }) => podCIDR === preferred);
    const podCIDR = isTaken ? undefined : preferred;
    const node = simulatedNode({ index, podCIDR, tainted, now: clock.now(), uuid: () => random.uuid() });
    const name = simulatedName(index);
    const cause = this.#cause(name, 0);
    const made = await request({ ...USER, method: 'POST', path: '/api/v1/nodes', body: node, cause });
    if (!made.ok) return false;
    const stored = made.object as Node;
    if (stored.status?.conditions?.length) return true;
    const body = { ...stored, status: node.status };
    return (await request({ ...USER, method: 'PUT', path: `/api/v1/nodes/${name}/status`, body, cause })).ok;
  }

  async #delete(name: string): Promise<boolean> {
    const cause = this.#cause(name, this.#nodes.get(name)?.revision ?? 0);
    return (await this.#ports.request({ ...USER, method: 'DELETE', path: `/api/v1/nodes/${name}`, cause })).ok;
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
      name: 'simulated-nodes',
      key: keyOf('nodes', '', name),
      saw,
    };
  }
}

function isOurs(taint: Taint): boolean {
  return taint.key === SIMULATED && taint.effect === TAINT.effect;
}
