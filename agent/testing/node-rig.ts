/** A node's pods under test: agents that come and go, between a cluster, a runtime and a disk that stay. */
import type { Node, Pod, Service } from '../../kube/types.ts';
import { EventRecorder } from '../kubelet/events.ts';
import { Kubelet } from '../kubelet/kubelet.ts';
import type { Owner } from '../kubelet/labels.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { FakeCluster } from './fake-cluster.ts';
import { FakeRuntime } from './fake-runtime.ts';
import { Steps } from './steps.ts';
import { TestFolders } from './volumes.ts';

export const OWNER = { cluster: 'c1', node: 'n1' };
const random = () => 0.5;
const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'uid-of-n1' },
  status: { allocatable: { cpu: '4', memory: '4Gi', pods: '10' } },
};

/** One run of an agent, from its start to its end. */
export class AgentRun {
  readonly steps: Steps;
  readonly kubelet: Kubelet;
  /** The texts of its log. */
  readonly logged: string[] = [];
  /** The cluster can be reached again. */
  readonly reconnect: () => void;
  readonly #close: () => void;
  #stopped = false;

  constructor({ clock, runtime, cluster, folders, hostIPs, owner, podManifestPath, services }: NodeRig, steps: Steps) {
    this.steps = steps;
    const { api, feed, reconnect, close } = cluster.connect(steps);
    this.#close = close;
    this.reconnect = reconnect;
    const add = (text: string) => void this.logged.push(text);
    this.kubelet = new Kubelet({
      clock,
      random,
      log: { info: add, warn: add, error: add },
      api,
      feed,
      runtime: runtime.connect(steps),
      runtimeName: 'fake',
      owner,
      events: new EventRecorder({ api, node: OWNER.node, clock, random, warn: add }),
      folders,
      dns: { clusterDNS: [], clusterDomain: 'cluster.local', resolvConf: () => '' },
      allocatable: {},
      nodeMemory: 4 * 1024 ** 3,
      hostIPs,
      services,
      node: { known: () => NODE, fetched: async () => NODE },
      podManifestPath,
    });
    this.kubelet.start();
  }

  /** Calls that have begun go on in the runtime and the cluster; their answers arrive here no more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.steps.sever();
    this.#close();
    this.kubelet.stop();
  }
}

export class NodeRig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly runtime = new FakeRuntime(this.clock);
  readonly cluster = new FakeCluster(this.clock);
  readonly folders = new TestFolders();
  /** The path of static pods, instead of the agent's own folder. */
  podManifestPath: string | undefined;
  services = (): readonly Service[] | undefined => [];
  hostIPs = (): readonly string[] => ['192.0.2.1'];
  owner: Owner = OWNER;
  #agent: AgentRun | undefined;

  get agent(): AgentRun {
    if (!this.#agent) throw new Error('no agent was started');
    return this.#agent;
  }

  get steps(): Steps {
    return this.agent.steps;
  }

  /** A new agent in place of the one before, which ends in the middle of its work. */
  startAgent(steps = new Steps()): AgentRun {
    this.#agent?.stop();
    this.#agent = new AgentRun(this, steps);
    return this.#agent;
  }

  /** Lets time pass, a second at a time at most, until it holds. */
  async until(what: string, holds: () => boolean, seconds = 120): Promise<void> {
    const end = this.clock.now() + seconds * 1000;
    await settle();
    while (!holds()) {
      if (this.clock.now() >= end) {
        const calls = this.#agent?.steps.calls.slice(-25).join('\n');
        throw new Error(
          `not ${what} within ${seconds} s; the last calls were\n${calls}\n${this.#agent?.logged.join('\n')}`,
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
    this.#agent?.stop();
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
