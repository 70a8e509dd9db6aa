/** What pod workers share. */
import type { Refusal } from '../../kube/pod-lifecycle/index.ts';
import type { Pod, Service } from '../../kube/types.ts';
import type { Api } from '../api/client.ts';
import type { ObjectCache } from '../api/objects.ts';
import type { Folders } from '../files/folders.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { VolumeManager } from '../volumes/manager.ts';
import type { DnsOptions } from './dns.ts';
import type { EventRecorder } from './events.ts';
import type { ImageManager } from './images.ts';
import type { Observer, PodListing } from './observe.ts';
import type { StatusManager } from './status-manager.ts';
import type { TokenCache } from './tokens.ts';

export type { Log };

export interface PodPorts {
  runtime: Runtime;
  api: Api;
  objects: ObjectCache;
  observer: Observer;
  images: ImageManager;
  statuses: StatusManager;
  tokens: TokenCache;
  events: EventRecorder;
  folders: Folders;
  volumes: VolumeManager;
  dns: DnsOptions;
  log: Log;
  nodeName: string;
  allocatable: Readonly<Record<string, string>>;
  /** Bytes. */
  nodeMemory: number;
  hostIPs(): readonly string[];
  services(): readonly Service[];
  now(): number;
  /** The pod's sandboxes and containers, as of now or later. */
  listing(uid: string): Promise<PodListing>;
  /** Something was changed: the next listing must be a fresh one. */
  refresh(): void;
  /** Takes a pod up that has not begun yet, or says why not. */
  admit(pod: Pod): Promise<Refusal | undefined>;
  /** It is over: its share of the node is for others. */
  release(pod: Pod): void;
  /** The pod has succeeded or failed and is kept as history: what it held may go. */
  ended(pod: Pod, listing: PodListing): void;
  /** Nothing of the pod is left. */
  finished(pod: Pod): void;
}
