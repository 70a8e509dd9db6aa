/**
 * The kubelet of one node: the parts that look after pods, wired over what the agent hands in. Registration, heartbeats
 * and streams lie outside.
 */
import { join } from 'node:path';
import type { Pod } from '../../kube/types.ts';
import type { Api } from '../api/client.ts';
import { ObjectCache } from '../api/objects.ts';
import type { Feed } from '../api/subscriptions.ts';
import type { Clock } from '../clock.ts';
import type { Folders } from '../files/folders.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { VolumeManager } from '../volumes/manager.ts';
import type { NodeSource } from './admission.ts';
import type { EventRecorder } from './events.ts';
import { Housekeeping } from './housekeeping.ts';
import { diskUse, ImageGarbage } from './images/image-garbage.ts';
import { ImageManager } from './images/images.ts';
import { Observer, type PodListing } from './observe.ts';
import { Checkpoint } from './pod-sources/checkpoint.ts';
import { ClusterSource } from './pod-sources/cluster.ts';
import { FolderSource } from './pod-sources/folder.ts';
import { PodSources } from './pod-sources/source.ts';
import type { NodePorts } from './pods/pod-ports.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import { Relist } from './relist.ts';
import { StaticPods } from './static-pods.ts';
import { StatusManager } from './status-manager.ts';
import { TokenCache } from './tokens.ts';

export interface KubeletPorts extends NodePorts {
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
  api: Api;
  feed: Feed;
  runtime: Runtime;
  /** `containerd`: the scheme of container ids. */
  runtimeName: string;
  events: EventRecorder;
  folders: Folders;
  node: NodeSource;
  /** The path of static pods, instead of the agent's own folder: a folder, or one manifest. */
  podManifestPath?: string;
}

/** Milliseconds between listings of the runtime when it tells of no event. */
const RELIST = 5_000;

export class Kubelet {
  readonly workers: PodWorkers;
  readonly #sources: PodSources;
  readonly #housekeeping: Housekeeping;
  readonly #relist: Relist;
  readonly #staticPods: StaticPods;
  readonly #images: ImageGarbage;

  constructor(ports: KubeletPorts) {
    const { clock, random, log, api, feed, runtime, runtimeName, events, folders, node } = ports;
    const { owner, dns, allocatable, nodeMemory, hostIPs, services, podManifestPath } = ports;
    const warn = (text: string) => log.warn(text);
    this.#relist = new Relist({
      runtime,
      clock,
      owner,
      interval: RELIST,
      changed: (uids) => this.workers.wake(uids),
      failed: (error) => warn(`the container runtime: ${error.message}`),
    });
    const observer = new Observer(runtime, runtimeName);
    const volumes = new VolumeManager(folders);
    const refresh = () => this.#relist.refresh();
    const statuses = new StatusManager({ api, clock, random, warn });
    this.#images = new ImageGarbage({
      runtime,
      clock,
      log,
      path: join(folders.state, 'images.json'),
      disk: async () => diskUse(await runtime.imageFolder()),
      failed: (message) => events.node('Warning', 'FreeDiskSpaceFailed', message),
    });
    const checkpoint = new Checkpoint({ folder: join(folders.state, 'checkpoint'), clock, warn });
    this.workers = new PodWorkers(
      {
        clock,
        random,
        log,
        api,
        runtime,
        owner,
        events,
        folders,
        volumes,
        observer,
        refresh,
        listing: (uid) => this.listing(uid),
        objects: new ObjectCache(feed, api, clock),
        images: new ImageManager(runtime, clock, this.#images),
        statuses,
        tokens: new TokenCache(api, clock),
        dns,
        allocatable,
        nodeMemory,
        hostIPs,
        services,
      },
      node,
      (uid) => {
        checkpoint.remove(uid);
        this.#staticPods.finished(uid);
      },
    );
    this.#staticPods = new StaticPods({ api, clock, random, log, node, statuses }, this.workers);
    const nodeName = owner.node;
    const sources = [
      new ClusterSource({ feed, checkpoint, clock, log, nodeName }),
      new FolderSource({ path: podManifestPath ?? folders.manifests, nodeName, clock, log }),
    ];
    this.#sources = new PodSources(sources, this.#staticPods, () => void this.#housekeeping.run());
    this.#housekeeping = new Housekeeping(
      {
        clock,
        log,
        runtime,
        owner,
        folders,
        volumes,
        observer,
        refresh,
        listings: () => this.#relist.all(),
        isComplete: () => this.#sources.complete,
      },
      this.workers,
    );
  }

  /** By namespace, name and uid, as the API knows it. */
  find(namespace: string, name: string, uid: string): Pod | undefined {
    return this.workers.find(namespace, name, this.#staticPods.original(uid));
  }

  /** The pod's sandboxes and containers, as of now or later. Rejects when the runtime cannot be asked. */
  listing(uid: string): Promise<PodListing> {
    return this.#relist.listing(uid);
  }

  /** The machine's clock was set back. */
  clockSetBack(): void {
    this.workers.clockSetBack();
  }

  start(): void {
    this.#sources.start();
    this.#relist.start();
    this.#housekeeping.start();
    this.#images.start();
  }

  /** The node's containers run on. */
  stop(): void {
    this.#sources.stop();
    this.#staticPods.stop();
    this.workers.stop();
    this.#housekeeping.stop();
    this.#images.stop();
    this.#relist.stop();
  }
}
