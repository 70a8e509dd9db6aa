/** A node's pods under test: agents that come and go, between a cluster, a runtime and a disk that stay. */
import type { Node, Pod, Service } from '../../kube/types.ts';
import { ObjectCache } from '../api/objects.ts';
import { EventRecorder } from '../kubelet/events.ts';
import { Housekeeping } from '../kubelet/housekeeping.ts';
import { ImageManager } from '../kubelet/images.ts';
import { Observer } from '../kubelet/observe.ts';
import { Checkpoint } from '../kubelet/pod-sources/checkpoint.ts';
import { ClusterSource } from '../kubelet/pod-sources/cluster.ts';
import { PodSources } from '../kubelet/pod-sources/source.ts';
import { PodWorkers } from '../kubelet/pod-workers.ts';
import { Relist } from '../kubelet/relist.ts';
import { StatusManager } from '../kubelet/status-manager.ts';
import { TokenCache } from '../kubelet/tokens.ts';
import { VolumeManager } from '../volumes/manager.ts';
import { TestFolders } from '../volumes/testing.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeCluster } from './fake-cluster.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { Steps } from './steps.ts';

export const OWNER = { cluster: 'c1', node: 'n1' };
const random = () => 0.5;
const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  status: { allocatable: { cpu: '4', memory: '4Gi', pods: '10' } },
};

/** One life of an agent. */
export class Life {
  readonly steps: Steps;
  readonly workers: PodWorkers;
  readonly housekeeping: Housekeeping;
  readonly sources: PodSources;
  readonly said: string[] = [];
  /** The cluster can be reached again. */
  readonly reconnect: () => void;
  readonly #relist: Relist;
  readonly #close: () => void;
  #stopped = false;

  constructor({ clock, runtime: world, cluster, folders, hostIPs }: NodeRig, steps: Steps) {
    this.steps = steps;
    const runtime = world.connect(steps);
    const { api, feed, reconnect, close } = cluster.connect(steps);
    this.#close = close;
    this.reconnect = reconnect;
    const say = (text: string) => void this.said.push(text);
    const log = { info: say, warn: say, error: say };
    const refresh = () => this.#relist.refresh();
    this.#relist = new Relist({
      runtime,
      clock,
      owner: OWNER,
      interval: 5_000,
      changed: (uids) => this.workers.wake(uids),
      failed: () => {},
    });
    const observer = new Observer(runtime, 'fake');
    const volumes = new VolumeManager(folders);
    const checkpoint = new Checkpoint({ folder: `${folders.state}/checkpoint`, clock, warn: say });
    this.workers = new PodWorkers(
      {
        clock,
        random,
        log,
        api,
        runtime,
        folders,
        volumes,
        observer,
        refresh,
        owner: OWNER,
        events: new EventRecorder({ api, node: OWNER.node, clock, random, warn: say }),
        objects: new ObjectCache(feed, api, clock),
        images: new ImageManager(runtime, clock),
        statuses: new StatusManager({ api, clock, random, warn: say }),
        tokens: new TokenCache(api, clock),
        dns: { clusterDNS: [], clusterDomain: 'cluster.local', resolvConf: () => '' },
        allocatable: {},
        nodeMemory: 4 * 1024 ** 3,
        hostIPs,
        services: () => [] as Service[],
        listing: (uid) => this.#relist.listing(uid),
      },
      { known: () => NODE, fetched: async () => NODE },
      (uid) => checkpoint.remove(uid),
    );
    const source = new ClusterSource({ feed, checkpoint, clock, log, nodeName: OWNER.node });
    this.sources = new PodSources([source], this.workers, () => void this.housekeeping.run());
    this.housekeeping = new Housekeeping(
      {
        clock,
        log,
        runtime,
        folders,
        volumes,
        observer,
        refresh,
        listings: () => this.#relist.all(),
        isComplete: () => this.sources.complete,
      },
      this.workers,
    );
    this.sources.start();
    this.#relist.start();
    this.housekeeping.start();
  }

  /** What has begun goes on elsewhere; nothing of it arrives here any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.steps.sever();
    this.#close();
    this.sources.stop();
    this.workers.stop();
    this.housekeeping.stop();
    this.#relist.stop();
  }
}

export class NodeRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly runtime = new FakeRuntime(this.clock);
  readonly cluster = new FakeCluster(this.clock);
  readonly folders = new TestFolders();
  hostIPs = (): readonly string[] => ['192.0.2.1'];
  #life: Life | undefined;

  get life(): Life {
    if (!this.#life) throw new Error('no agent was started');
    return this.#life;
  }

  get steps(): Steps {
    return this.life.steps;
  }

  /** A new agent in place of the one before, which ends in the middle of what it does. */
  startAgent(steps = new Steps()): Life {
    this.#life?.stop();
    this.#life = new Life(this, steps);
    return this.#life;
  }

  /** Lets time pass, a second at a time at most, until it holds. */
  async until(what: string, holds: () => boolean, seconds = 120): Promise<void> {
    const end = this.clock.now() + seconds * 1000;
    await settle();
    while (!holds()) {
      if (this.clock.now() >= end) {
        const calls = this.#life?.steps.calls.slice(-25).join('\n');
        throw new Error(
          `not ${what} within ${seconds} s; the last calls were\n${calls}\n${this.#life?.said.join('\n')}`,
        );
      }
      const next = this.clock.next;
      await this.clock.advance(Math.min(1000, Math.max(0, (next ?? Number.POSITIVE_INFINITY) - this.clock.now())));
    }
  }

  async untilPhase(phase: string, name = 'web', seconds?: number): Promise<void> {
    await this.until(`${name} ${phase}`, () => this.cluster.pod(name)?.status?.phase === phase, seconds);
  }

  async untilReady(name = 'web'): Promise<void> {
    const ready = () =>
      this.cluster.pod(name)?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
    await this.until(`${name} ready`, ready);
  }

  async untilGone(name = 'web', seconds?: number): Promise<void> {
    await this.until(`${name} gone`, () => !this.cluster.pod(name) && !this.#holds(name), seconds);
  }

  #holds(name: string): boolean {
    return [...this.runtime.sandboxes.values()].some(({ metadata }) => metadata.name === name);
  }

  /** Names of the runtime's calls that change something, in order. */
  acts(): string[] {
    return this.steps.calls
      .filter((call) => /^runtime (run|stop|remove|create|start|pull)/.test(call))
      .map((call) => call.slice('runtime '.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life?.stop();
    await settle();
    await this.folders[Symbol.asyncDispose]();
  }
}

let serial = 0;

export function pod(name: string, container: object = {}, spec: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-of-${name}-${++serial}` },
    spec: {
      nodeName: OWNER.node,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: [{ name: 'c', image: 'run', imagePullPolicy: 'IfNotPresent', ...container }],
      ...spec,
    },
  } as unknown as Pod;
}
