/**
 * The nodes of the scenarios, the same on both sides. A pod runs, and is ready, as soon as it is bound, unless its
 * annotation `suite/run` says otherwise: `pending`, `unready`, `succeed`, `fail` (or `fail:3` for another exit code).
 * A pod that is deleted goes at once, unless `suite/stay` is there. `suite/ips` are its addresses.
 * A node is ready unless its annotation `suite/ready` is `False`, and its kubelet silent where `suite/silent` is there.
 */
import type { Json } from '../mutations.ts';
import type { Side } from './side.ts';

const MERGE = 'application/merge-patch+json';
const HEARTBEAT_MS = 10_000;
const SILENT = 'silent';

export class Kubelet {
  readonly #side: Side;
  readonly #nodes = new Map<string, number>();
  /** The last condition Ready of each node. */
  readonly #said = new Map<string, string>();
  readonly #handled = new Map<string, string>();

  constructor(side: Side) {
    this.#side = side;
  }

  async addNode(name: string, labels: Record<string, string>): Promise<void> {
    const resources = { cpu: '8', memory: '16Gi', pods: '110' };
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { ...labels, 'kubernetes.io/hostname': name } },
    };
    await this.#side.must('POST', '/api/v1/nodes', node);
    await this.#heartbeat(name, { capacity: resources, allocatable: resources });
    const path = `/api/v1/nodes/${name}`;
    for (let i = 0; i < 400; i++) {
      const { spec } = await this.#side.must('GET', path);
      if (!spec.taints?.length) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.#side.name}: ${name} stays tainted`);
  }

  /** The condition Ready that a node's annotations ask for. */
  #asked(name: string): string {
    const all = this.#side.seen(name.replace(/-n\d+$/, ''));
    const node = all.find(({ plural, metadata }) => plural === 'nodes' && metadata.name === name);
    const { 'suite/ready': ready = 'True', 'suite/silent': silent } = node?.metadata.annotations ?? {};
    return silent ? SILENT : ready;
  }

  async #heartbeat(name: string, more: Json = {}): Promise<void> {
    const time = this.#time();
    const condition = (type: string, status: string) => ({
      type,
      status,
      reason: 'Kubelet',
      message: '',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    });
    const ready = this.#asked(name);
    this.#said.set(name, ready);
    if (ready === SILENT) return;
    const conditions = [condition('Ready', ready), condition('MemoryPressure', 'False')];
    const { status } = await this.#side.send(
      'PATCH',
      `/api/v1/nodes/${name}/status`,
      { status: { ...more, conditions } },
      MERGE,
    );
    if (status === 404) this.#nodes.delete(name);
    else this.#nodes.set(name, Date.now());
  }

  /** Renews the nodes' heartbeats, and takes the pods that were last seen a step on. */
  async work(namespaces: readonly string[]): Promise<void> {
    const beats = [...this.#nodes]
      .filter(([name, at]) => Date.now() - at > HEARTBEAT_MS || this.#said.get(name) !== this.#asked(name))
      .map(([name]) => this.#heartbeat(name));
    const pods = namespaces
      .flatMap((namespace) => this.#side.seen(namespace))
      .filter(({ plural }) => plural === 'pods');
    await Promise.all([...beats, ...pods.map((pod) => this.#run(pod))]);
  }

  async #run(pod: Json): Promise<void> {
    const { metadata, spec, status } = pod;
    if (!spec.nodeName || !this.#nodes.has(spec.nodeName)) return;
    const run = (metadata.annotations?.['suite/run'] as string | undefined) ?? 'ready';
    const isGoing = metadata.deletionTimestamp !== undefined;
    const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
    const done = `${run}${isGoing}`;
    if (this.#handled.get(metadata.uid) === done) return;
    if (isGoing) {
      if (metadata.annotations?.['suite/stay']) return;
      this.#handled.set(metadata.uid, done);
      if (!isOver) await this.#report(pod, this.#over(pod, 'Failed', 137));
      await this.#side.send('DELETE', path(pod), { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } });
      return;
    }
    if (isOver || run === 'pending') return;
    this.#handled.set(metadata.uid, done);
    const [how, code = '1'] = run.split(':');
    if (how === 'succeed') await this.#report(pod, this.#over(pod, 'Succeeded', 0));
    else if (how === 'fail') await this.#report(pod, this.#over(pod, 'Failed', Number(code)));
    else await this.#report(pod, this.#running(pod, how === 'ready'));
  }

  async #report(pod: Json, status: Json): Promise<void> {
    await this.#side.send('PATCH', `${path(pod)}/status`, { metadata: { uid: pod.metadata.uid }, status }, MERGE);
  }

  #running(pod: Json, ready: boolean): Json {
    const time = this.#time();
    const ips = ((pod.metadata.annotations?.['suite/ips'] as string | undefined) ?? '10.1.1.1').split(',');
    return {
      phase: 'Running',
      startTime: pod.status.startTime ?? time,
      podIP: ips[0],
      podIPs: ips.map((ip) => ({ ip })),
      conditions: this.#conditions(pod, ready),
      containerStatuses: this.#containers(pod, ready, { running: { startedAt: time } }),
    };
  }

  #over(pod: Json, phase: string, exitCode: number): Json {
    const time = this.#time();
    const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: time, finishedAt: time };
    return {
      phase,
      startTime: pod.status.startTime ?? time,
      conditions: this.#conditions(pod, false),
      containerStatuses: this.#containers(pod, false, { terminated }),
    };
  }

  /** Those of others stay. */
  #conditions(pod: Json, ready: boolean): Json[] {
    const own = ['Ready', 'ContainersReady'];
    const others = (pod.status.conditions ?? []).filter(({ type }: Json) => !own.includes(type));
    const lastTransitionTime = this.#time();
    return [...others, ...own.map((type) => ({ type, status: ready ? 'True' : 'False', lastTransitionTime }))];
  }

  #containers({ spec }: Json, ready: boolean, state: Json): Json[] {
    return spec.containers.map(({ name, image }: Json) => ({
      name,
      image,
      imageID: image,
      ready,
      restartCount: 0,
      state,
    }));
  }

  #time(): string {
    return new Date(this.#side.now()).toISOString().replace(/\.\d+/, '');
  }
}

function path({ metadata }: Json): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
