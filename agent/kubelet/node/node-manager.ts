/**
 * Keeps this machine's Node object: registers it, applies the pod range that the cluster assigns, and reports the
 * status when it changes. The socket shows that the machine is alive, no write does.
 */
import type { Node, NodeCondition } from '../../../kube/types.ts';
import { CLUSTER_CIDR } from '../../../wire/nodes.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../../api/client.ts';
import type { Feed } from '../../api/subscriptions.ts';
import { BackOff } from '../../back-off.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { NetworkManager } from '../../network/manager.ts';
import type { ImageEntry, Runtime, RuntimeStatus, RuntimeVersion } from '../../runtimes/runtime.ts';
import type { EventRecorder } from '../events.ts';
import type { EvictionThresholds } from './eviction-thresholds.ts';
import type { MachineFacts, MachineFree } from './machine.ts';
import { registerNode } from './node-registration.ts';
import { capacityOf, nodeLabels, nodeStatus, withoutHeartbeats } from './node-status.ts';
import { lostLabels, ownStatus } from './own-status.ts';

export interface NodeOptions {
  name: string;
  facts: MachineFacts;
  thresholds: EvictionThresholds;
  runtimeVersion: RuntimeVersion;
  /** Instead of what the cluster assigns. */
  podCIDR?: string;
  /** Of the agent's own server, where it listens. */
  kubeletPort?: number;
  /** The folder of our CNI configuration, when the runtime does not name one. */
  cniConfDir: string;
}

export interface NodePorts {
  runtime: Runtime;
  network: NetworkManager;
  api: Api;
  events: EventRecorder;
  log: Log;
  clock: Clock;
  random(): number;
  /** The machine's addresses as they are now: they may change while it runs. */
  addresses(): Promise<readonly string[]>;
  free(): MachineFree;
  /** The cluster refused the node's token. */
  refused(): void;
}

/** Milliseconds between looks: while the node is not ready, and once it is. */
const UNREADY_INTERVAL = 500;
const READY_INTERVAL = 10_000;
const RETRY = { initial: 1_000, max: 60_000 };
/** Images are listed less often: they are in the status for the scheduler only. */
const IMAGES_INTERVAL = 60_000;
const KEPT_OFF = 'new pods are kept off this node; free some, or set another threshold with --eviction-hard';
const PRESSURE_HINTS: Readonly<Record<string, string>> = {
  MemoryPressure: `the machine is short of memory, and ${KEPT_OFF}`,
  DiskPressure: `the disk of the state folder is nearly full, and ${KEPT_OFF}`,
};

const revisionOf = (object: Pick<Node, 'metadata'> | undefined): number =>
  Number(object?.metadata.resourceVersion ?? 0);

export class NodeManager {
  readonly #options: NodeOptions;
  readonly #ports: NodePorts;
  readonly #backOff: BackOff;
  #node: Node | undefined;
  #reported = '';
  /** In milliseconds since the epoch. */
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** The agent's part of the status as the cluster answered it. */
  #kept = '';
  #addresses: readonly string[] = [];
  #images: ImageEntry[] = [];
  #imagesAt = Number.NEGATIVE_INFINITY;
  #cancel = () => {};
  #unwatch = () => {};
  #busy = false;
  #again = false;
  #stopped = false;
  /** After a failed look, none before this time. */
  #heldUntil = 0;
  #ready: boolean | undefined;
  /** By condition: its status as last told. */
  readonly #pressure = new Map<string, string>();

  constructor(options: NodeOptions, ports: NodePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#backOff = new BackOff(RETRY, ports.random);
  }

  /** The machine's addresses as last seen. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** The Node as last heard; before that, one with this machine's own facts. */
  known(): Node {
    const { name, facts, thresholds } = this.#options;
    const { allocatable } = capacityOf(facts, thresholds);
    const node = this.#node ?? {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: nodeLabels(this.#options) },
    };
    return { ...node, status: { ...node.status, allocatable: { ...allocatable, ...node.status?.allocatable } } };
  }

  async fetched(): Promise<Node> {
    this.#node = await this.#ports.api.request<Node>('GET', `/api/v1/nodes/${this.#options.name}`);
    return this.known();
  }

  /** Does not wait for the cluster: pods run on without it. */
  async start(feed: Feed): Promise<void> {
    const { events, addresses } = this.#ports;
    const { name } = this.#options;
    this.#addresses = await addresses();
    events.node('Normal', 'Starting', 'Starting kubelet.');
    this.#unwatch = feed.watch(`/api/v1/nodes?fieldSelector=metadata.name%3D${name}`, {
      changed: (object) => {
        // A change of before the last report may be told after it.
        if (revisionOf(object) < revisionOf(this.#node)) return;
        this.#node = object as unknown as Node;
        this.sync();
      },
      deleted: () => {
        this.#ports.log.warn('the Node object was deleted: registering the node again');
        this.#node = undefined;
        this.#reported = '';
        this.sync();
      },
    });
    this.sync();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#cancel();
  }

  /** The cluster can be reached again. It may have turned the node's Ready Unknown, so the status is sent anew. */
  reconnected(): void {
    this.#reported = '';
    this.#heldUntil = 0;
    this.sync();
  }

  /** Looks at the machine and reports what changed. */
  sync(): void {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#cancel();
    const { clock } = this.#ports;
    const held = this.#heldUntil - clock.now();
    if (held > 0) {
      this.#cancel = clock.after(held, () => this.sync());
      return;
    }
    this.#busy = true;
    void this.#look().then((wait) => {
      this.#busy = false;
      if (this.#stopped) return;
      const next = this.#again ? 0 : wait;
      this.#again = false;
      this.#cancel = clock.after(next, () => this.sync());
    });
  }

  /** Milliseconds until the next look. */
  async #look(): Promise<number> {
    try {
      await this.#pass();
      this.#backOff.reset();
      return this.#ready ? READY_INTERVAL : UNREADY_INTERVAL;
    } catch (error) {
      if (error instanceof ApiError && error.code === 401) this.#ports.refused();
      // The Node was deleted, and the watch has not told yet.
      if (error instanceof ApiError && error.code === 404) this.#node = undefined;
      else this.#ports.log.warn(`node status: ${(error as Error).message}`);
      const wait = this.#backOff.next();
      this.#heldUntil = this.#ports.clock.now() + wait;
      return wait;
    }
  }

  async #pass(): Promise<void> {
    this.#addresses = await this.#ports.addresses();
    this.#node ??= await registerNode(this.#options, this.#ports);
    const now = this.#ports.clock.now();
    const runtimeStatus = await this.#runtimeStatus();
    const foreignNetwork = await this.#network(runtimeStatus);
    // The machine's clock may have been set back.
    if (runtimeStatus && Math.abs(now - this.#imagesAt) > IMAGES_INTERVAL) {
      this.#images = await this.#ports.runtime.images().catch(() => this.#images);
      this.#imagesAt = now;
    }
    const { name, facts, thresholds, runtimeVersion, kubeletPort = 0 } = this.#options;
    const status = nodeStatus(
      {
        name,
        facts,
        addresses: this.#addresses,
        runtime: runtimeVersion,
        runtimeStatus,
        free: this.#ports.free(),
        thresholds,
        kubeletPort,
        podCIDR: this.#ports.network.podCIDR,
        foreignNetwork,
        images: this.#images,
        now,
      },
      this.#node?.status,
    );
    await this.#report(status);
  }

  async #report(status: NonNullable<Node['status']>): Promise<void> {
    const { name } = this.#options;
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    const text = withoutHeartbeats(status);
    const labels = this.#node && lostLabels(this.#node, nodeLabels(this.#options));
    // The cluster turns Ready Unknown for a node that it does not hear, and others may write what they like: then the
    // same status is sent again. One who would write it again at once is answered as seldom as the machine is looked at.
    const isKept = !labels && ownStatus(this.#node?.status ?? {}, status) === this.#kept;
    const now = this.#ports.clock.now();
    const isSoon = Math.abs(now - this.#reportedAt) < READY_INTERVAL;
    if (text === this.#reported && (isKept || isSoon)) return;
    const path = `/api/v1/nodes/${name}/status`;
    const patch = { ...(labels && { metadata: { labels } }), status };
    this.#node = await this.#ports.api.request<Node>('PATCH', path, patch, STRATEGIC_MERGE);
    this.#kept = ownStatus(this.#node.status ?? {}, status);
    this.#reported = text;
    this.#reportedAt = now;
    this.#tellPressure(status.conditions ?? []);
    const isReady = ready?.status === 'True';
    if (isReady !== this.#ready && (isReady || this.#ready !== undefined)) {
      const reason = isReady ? 'NodeReady' : 'NodeNotReady';
      this.#ports.events.node('Normal', reason, `Node ${name} status is now: ${reason}`);
      this.#ports.log.info(isReady ? 'the node is ready' : `the node is not ready: ${ready?.message}`);
    }
    this.#ready = isReady;
  }

  /** Each change of a pressure condition is an event, the first state too; pressure is also told on the machine. */
  #tellPressure(conditions: readonly NodeCondition[]): void {
    const { events, log } = this.#ports;
    for (const { type, status, reason = '' } of conditions) {
      if (!type.endsWith('Pressure') || this.#pressure.get(type) === status) continue;
      const isRelief = this.#pressure.has(type);
      this.#pressure.set(type, status);
      const told = reason.replace('Kubelet', 'Node');
      events.node('Normal', told, `Node ${this.#options.name} status is now: ${told}`);
      if (status === 'True') log.warn(`${type}: ${PRESSURE_HINTS[type]}`);
      else if (isRelief) log.info(`${type} is over`);
    }
  }

  async #runtimeStatus(): Promise<RuntimeStatus | undefined> {
    try {
      return await this.#ports.runtime.status();
    } catch {
      return undefined;
    }
  }

  /** Whether the node's network is configured by other means. */
  async #network(runtimeStatus: RuntimeStatus | undefined): Promise<boolean> {
    const podCIDR = this.#options.podCIDR ?? this.#node?.spec?.podCIDR;
    const confDir = runtimeStatus?.cni?.confDir ?? this.#options.cniConfDir;
    return (await this.#ports.network.apply({ podCIDR, clusterCIDR: CLUSTER_CIDR }, confDir)).foreign;
  }
}
