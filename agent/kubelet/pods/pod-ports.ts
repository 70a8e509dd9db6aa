/** The ports that all pod workers share. */
import type { Refusal } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod, Service } from '../../../kube/types.ts';
import type { Api } from '../../api/client.ts';
import type { ObjectCache } from '../../api/objects.ts';
import type { Clock } from '../../clock.ts';
import type { Folders } from '../../files/folders.ts';
import type { Log } from '../../log.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import type { VolumeManager } from '../../volumes/manager.ts';
import type { DnsOptions } from '../containers/dns.ts';
import type { EventRecorder } from '../events.ts';
import type { ImageManager } from '../images/images.ts';
import type { Owner } from '../labels.ts';
import type { Observer, PodListing } from '../observe.ts';
import type { StatusManager } from '../status-manager.ts';
import type { TokenCache } from '../tokens.ts';

/** The node's facts that its pods need. */
export interface NodePorts {
  owner: Owner;
  dns: DnsOptions;
  allocatable: Readonly<Record<string, string>>;
  /** Bytes. */
  nodeMemory: number;
  hostIPs(): readonly string[];
  /** Undefined until the Services have been read once. */
  services(): readonly Service[] | undefined;
}

/** The listing of the runtime that all pods share. */
export interface ListingPorts {
  observer: Observer;
  /** The pod's sandboxes and containers, as of now or later. Rejects when the runtime cannot be asked. */
  listing(uid: string): Promise<PodListing>;
  /** Something was changed: the next listing must be a fresh one. */
  refresh(): void;
}

/** Steps of a pod's life that concern the rest of the node. */
export interface PodLifecyclePorts {
  /** Takes a pod up that has not begun yet, or says why not. */
  admit(pod: Pod): Promise<Refusal | undefined>;
  /** The pod is over: its share of the node is free for others. */
  release(pod: Pod): void;
  /** The pod has succeeded or failed, nothing of it runs, and it is kept as history: what it held may go. */
  ended(pod: Pod, listing: PodListing): void;
  /** The pod and all its parts are gone. */
  finished(pod: Pod): void;
}

export interface PodPorts extends NodePorts, ListingPorts, PodLifecyclePorts {
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
  api: Api;
  runtime: Runtime;
  objects: ObjectCache;
  images: ImageManager;
  statuses: StatusManager;
  tokens: TokenCache;
  events: EventRecorder;
  folders: Folders;
  volumes: VolumeManager;
}
