/**
 * Keeps this machine's Node object: registers it, applies the pod range that the cluster assigns, and reports the
 * status when it changes. Being alive is told by the socket, not by writing.
 */
import type { Node } from '../../kube/types.ts';
import { CLUSTER_CIDR } from '../../wire/network.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../api/client.ts';
import type { Feed } from '../api/subscriptions.ts';
import type { NetworkManager } from '../network/manager.ts';
import type { ImageEntry, Runtime, RuntimeStatus, RuntimeVersion } from '../runtimes/runtime.ts';
import type { EventRecorder } from './events.ts';
import { type MachineFacts, machinePressure } from './machine.ts';
import { capacityOf, nodeLabels, nodeStatus, withoutHeartbeats } from './node-status.ts';
import type { Log } from './pod-ports.ts';

export interface NodeOptions {
  name: string;
  state: string;
  facts: MachineFacts;
  addresses: readonly string[];
  runtimeVersion: RuntimeVersion;
  /** Instead of what the cluster assigns. */
  podCIDR?: string;
  /** Where our CNI configuration goes, when the runtime does not say where it looks. */
  cniConfDir: string;
}

export interface NodePorts {
  runtime: Runtime;
  network: NetworkManager;
  api: Api;
  events: EventRecorder;
  log: Log;
  now(): number;
}

const FAST = 500;
const SLOW = 10_000;
/** Images are in the status for the scheduler only. */
const IMAGES_EVERY = 60_000;

export class NodeKeeper {
  readonly #options: NodeOptions;
  readonly #ports: NodePorts;
  #node: Node | undefined;
  #reported = '';
  #images: ImageEntry[] = [];
  #imagesAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #unwatch = () => {};
  #busy = false;
  #again = false;
  #stopped = false;
  #ready: boolean | undefined;

  constructor(options: NodeOptions, ports: NodePorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get uid(): string {
    // Upstream's node events name the node by name, not by its object's uid, so that they outlive it.
    return this.#options.name;
  }

  /** As last heard; until it has been told, with what this machine has. */
  known(): Node {
    const { name, facts } = this.#options;
    const { allocatable } = capacityOf(facts);
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

  async start(feed: Feed): Promise<void> {
    await this.#register();
    const { events } = this.#ports;
    events.node('Normal', 'Starting', 'Starting kubelet.', this.uid);
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) {
      events.node('Normal', reason, `Node ${this.#options.name} status is now: ${reason}`, this.uid);
    }
    this.#unwatch = feed.watch(`/api/v1/nodes?fieldSelector=metadata.name%3D${this.#options.name}`, {
      changed: (object) => {
        this.#node = object as unknown as Node;
        this.sync();
      },
      deleted: () => {
        this.#ports.log.warn('the Node object was deleted');
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
    clearTimeout(this.#timer);
  }

  /** Looks at the machine and reports what changed. After a reconnect the cluster may hold us for lost, so it is told anew. */
  sync(force = false): void {
    if (force) this.#reported = '';
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    clearTimeout(this.#timer);
    void this.#pass()
      .catch((error: unknown) => {
        this.#ports.log.warn(`node status: ${(error as Error).message}`);
        return FAST * 4;
      })
      .then((wait) => {
        this.#busy = false;
        if (this.#stopped) return;
        const next = this.#again ? 0 : wait;
        this.#again = false;
        this.#timer = setTimeout(() => this.sync(), next);
      });
  }

  async #pass(): Promise<number> {
    if (!this.#node) await this.#register();
    const now = this.#ports.now();
    const runtimeStatus = await this.#runtimeStatus();
    const foreignNetwork = await this.#network(runtimeStatus);
    if (runtimeStatus && now - this.#imagesAt > IMAGES_EVERY) {
      this.#images = await this.#ports.runtime.images().catch(() => this.#images);
      this.#imagesAt = now;
    }
    const { name, facts, addresses, runtimeVersion, state } = this.#options;
    const status = nodeStatus(
      {
        name,
        facts,
        addresses,
        runtime: runtimeVersion,
        runtimeStatus,
        pressure: machinePressure(state),
        podCIDR: this.#ports.network.podCIDR,
        foreignNetwork,
        images: this.#images,
        now,
      },
      this.#node?.status,
    );
    await this.#report(status);
    return this.#ready ? SLOW : FAST;
  }

  async #report(status: NonNullable<Node['status']>): Promise<void> {
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    const text = withoutHeartbeats(status);
    const held = this.#node?.status?.conditions?.find(({ type }) => type === 'Ready');
    // The cluster turns Ready Unknown when it loses sight of a node: then it must hear again.
    if (text === this.#reported && held?.status === ready?.status) return;
    const path = `/api/v1/nodes/${this.#options.name}/status`;
    this.#node = await this.#ports.api.request<Node>('PATCH', path, { status }, STRATEGIC_MERGE);
    this.#reported = text;
    const isReady = ready?.status === 'True';
    if (isReady !== this.#ready && (isReady || this.#ready !== undefined)) {
      const reason = isReady ? 'NodeReady' : 'NodeNotReady';
      this.#ports.events.node('Normal', reason, `Node ${this.#options.name} status is now: ${reason}`, this.uid);
      this.#ports.log.info(isReady ? 'the node is ready' : `the node is not ready: ${ready?.message}`);
    }
    this.#ready = isReady;
  }

  async #runtimeStatus(): Promise<RuntimeStatus | undefined> {
    try {
      return await this.#ports.runtime.status();
    } catch {
      return undefined;
    }
  }

  /** Whether the node's network is somebody else's. */
  async #network(runtimeStatus: RuntimeStatus | undefined): Promise<boolean> {
    const podCIDR = this.#options.podCIDR ?? this.#node?.spec?.podCIDR;
    const confDir = runtimeStatus?.cni?.confDir ?? this.#options.cniConfDir;
    return (await this.#ports.network.apply({ podCIDR, clusterCIDR: CLUSTER_CIDR }, confDir)).foreign;
  }

  async #register(): Promise<void> {
    const { name, facts } = this.#options;
    const labels = nodeLabels(this.#options);
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: this.#options.podCIDR ? { podCIDR: this.#options.podCIDR, podCIDRs: [this.#options.podCIDR] } : {},
    };
    try {
      this.#node = await this.#ports.api.request<Node>('POST', '/api/v1/nodes', node);
      this.#ports.log.info(`registered node ${name} (${facts.cpus} CPUs, ${facts.osImage})`);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
      const path = `/api/v1/nodes/${name}`;
      const known = await this.#ports.api.request<Node>('GET', path);
      const stale = Object.entries(labels).some(([key, value]) => known.metadata.labels?.[key] !== value);
      this.#node = stale
        ? await this.#ports.api.request<Node>('PATCH', path, { metadata: { labels } }, STRATEGIC_MERGE)
        : known;
    }
  }
}
