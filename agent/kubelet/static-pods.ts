/**
 * Static pods and their mirrors (kubelet `kubelet.go` tryReconcileMirrorPods, `pod/mirror_client.go`, `pod_workers.go`
 * allowStaticPodStart). A static pod runs with the cluster in reach or not; its mirror in the API shows it there, and
 * is made anew when it was deleted. A pod waits until the one before it of the same name has ended.
 */
import { CONFIG_HASH, CONFIG_MIRROR, isMirrorPod, isStaticPod } from '../../kube/kinds/core/static-pods.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Node, Pod } from '../../kube/types.ts';
import type { Api } from '../api/client.ts';
import { BackOff } from '../back-off.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { NodeSource } from './admission.ts';
import type { PodListener } from './pod-sources/source.ts';
import { deletePod } from './pods/delete-pod.ts';
import type { StatusManager } from './status-manager.ts';

export interface StaticPodPorts {
  api: Api;
  clock: Clock;
  random(): number;
  log: Log;
  node: Pick<NodeSource, 'fetched'>;
  statuses: Pick<StatusManager, 'mirrored'>;
}

/** All static pods and mirrors of one name. */
interface Entry {
  name: string;
  /** The pod of the file; undefined when the file is gone. */
  wanted?: Pod;
  /** The pod that has a worker, until nothing of it is left. */
  running?: Pod;
  isEnding: boolean;
  mirror?: Pod;
  backOff: BackOff;
  busy: boolean;
  problem: string;
  cancel(): void;
}

const RETRY = { initial: 500, max: 10_000 };

const uidOf = ({ metadata }: Pod): string => metadata.uid ?? '';
/** Whether a mirror was made of this very pod, among pods of one name (kubelet `IsMirrorPodOf`). */
const isMirrorOf = (mirror: Pod, pod: Pod): boolean =>
  mirror.metadata.annotations?.[CONFIG_MIRROR] === pod.metadata.annotations?.[CONFIG_HASH];

export class StaticPods implements PodListener {
  readonly #ports: StaticPodPorts;
  readonly #workers: PodListener;
  readonly #entries = new Map<string, Entry>();
  /** All sources are ready: only then are all mirrors known, and those without a static pod. */
  #complete = false;
  #stopped = false;

  /** `workers` hear of all pods but mirrors. */
  constructor(ports: StaticPodPorts, workers: PodListener) {
    this.#ports = ports;
    this.#workers = workers;
  }

  changed(pod: Pod, atOnce: boolean): void {
    if (isMirrorPod(pod)) this.#mirrorIs(this.#entry(pod), pod);
    else if (isStaticPod(pod)) {
      const entry = this.#entry(pod);
      entry.wanted = pod;
      this.#advance(entry, atOnce);
    } else this.#workers.changed(pod, atOnce);
  }

  deleted(pod: Pod): void {
    if (isMirrorPod(pod)) {
      const entry = this.#entry(pod);
      if (entry.mirror && uidOf(entry.mirror) === uidOf(pod)) this.#mirrorIs(entry, undefined);
    } else if (isStaticPod(pod)) {
      const entry = this.#entry(pod);
      if (entry.wanted && uidOf(entry.wanted) === uidOf(pod)) entry.wanted = undefined;
      this.#advance(entry, true);
    } else this.#workers.deleted(pod);
  }

  sourceSettled(settled: boolean, complete: boolean): void {
    this.#workers.sourceSettled(settled, complete);
    if (!complete) return;
    this.#complete = true;
    for (const entry of [...this.#entries.values()]) void this.#reconcile(entry);
  }

  /** A pod and all its parts are gone. */
  finished(uid: string): void {
    const entry = [...this.#entries.values()].find(({ running }) => running && uidOf(running) === uid);
    if (!entry) return;
    entry.running = undefined;
    entry.isEnding = false;
    this.#advance(entry, true);
  }

  /** The uid of the static pod that a mirror stands for; of another pod, its own. */
  original(uid: string): string {
    for (const { mirror, running } of this.#entries.values()) {
      if (mirror && running && uidOf(mirror) === uid && isMirrorOf(mirror, running)) return uidOf(running);
    }
    return uid;
  }

  stop(): void {
    this.#stopped = true;
    for (const { cancel } of this.#entries.values()) cancel();
  }

  #entry({ metadata }: Pod): Entry {
    const name = `${metadata.namespace}/${metadata.name}`;
    const known = this.#entries.get(name);
    if (known) return known;
    const backOff = new BackOff(RETRY, this.#ports.random);
    const made: Entry = { name, isEnding: false, backOff, busy: false, problem: '', cancel: () => {} };
    this.#entries.set(name, made);
    return made;
  }

  #advance(entry: Entry, atOnce: boolean): void {
    const { wanted, running, isEnding } = entry;
    if (running && !isEnding && (!wanted || uidOf(wanted) !== uidOf(running))) {
      entry.isEnding = true;
      this.#workers.changed(ending(running, this.#ports.clock.now()), true);
    } else if (wanted && wanted !== running && !isEnding) {
      entry.running = wanted;
      this.#showStatus(entry);
      this.#workers.changed(wanted, atOnce);
    }
    void this.#reconcile(entry);
  }

  #mirrorIs(entry: Entry, mirror: Pod | undefined): void {
    entry.mirror = mirror;
    this.#showStatus(entry);
    void this.#reconcile(entry);
  }

  /** The status goes to a mirror of this very pod, and not to that of one before it. */
  #showStatus({ running, mirror }: Entry): void {
    if (!running) return;
    this.#ports.statuses.mirrored(uidOf(running), mirror && isMirrorOf(mirror, running) ? mirror : undefined);
  }

  /** Goes on until the mirror matches the pod, and tries again later when the API refuses a step. */
  async #reconcile(entry: Entry): Promise<void> {
    if (entry.busy) return;
    entry.busy = true;
    entry.cancel();
    try {
      for (let step = this.#step(entry); step !== undefined; step = this.#step(entry)) {
        if (step === 'create') await this.#create(entry, entry.running as Pod);
        else await this.#delete(entry, entry.mirror as Pod);
        entry.backOff.reset();
        entry.problem = '';
      }
      if (!entry.wanted && !entry.running && !entry.mirror) this.#entries.delete(entry.name);
    } catch (error) {
      this.#failed(entry, (error as Error).message);
    }
    entry.busy = false;
  }

  #step(entry: Entry): MirrorStep | undefined {
    return this.#complete && !this.#stopped ? mirrorStep(entry) : undefined;
  }

  #failed(entry: Entry, problem: string): void {
    const { log, clock } = this.#ports;
    if (this.#stopped) return;
    if (problem !== entry.problem) log.warn(`mirror of static pod ${entry.name}: ${problem}`);
    entry.problem = problem;
    entry.cancel = clock.after(entry.backOff.next(), () => void this.#reconcile(entry));
  }

  async #create(entry: Entry, pod: Pod): Promise<void> {
    const { api, node, log } = this.#ports;
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods`;
    const made = await api.request<Pod>('POST', path, mirrorOf(pod, await node.fetched()));
    log.info(`made a mirror of static pod ${entry.name}`);
    // The watch may have shown it already, and its end.
    if (!entry.mirror) this.#mirrorIs(entry, made);
  }

  async #delete(entry: Entry, mirror: Pod): Promise<void> {
    await deletePod(this.#ports.api, mirror);
    if (entry.mirror && uidOf(entry.mirror) === uidOf(mirror)) this.#mirrorIs(entry, undefined);
  }
}

type MirrorStep = 'create' | 'delete';

/**
 * The next step towards a mirror of the pod that runs, or towards none. The mirror of a pod that ends shows its end.
 */
function mirrorStep({
  running,
  isEnding,
  mirror,
}: Pick<Entry, 'running' | 'isEnding' | 'mirror'>): MirrorStep | undefined {
  if (running && isEnding) return undefined;
  if (!running) return mirror && 'delete';
  if (!mirror) return 'create';
  return mirror.metadata.deletionTimestamp || !isMirrorOf(mirror, running) ? 'delete' : undefined;
}

/** Throws while the node is being deleted: its mirrors would go with it. */
function mirrorOf({ apiVersion, kind, metadata, spec }: Pod, node: Node): Pod {
  const { name = '', uid = '', deletionTimestamp } = node.metadata;
  if (deletionTimestamp) throw new Error('node has been removed from the cluster');
  const { uid: hash = '', annotations, ...rest } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      ...rest,
      annotations: { ...annotations, [CONFIG_MIRROR]: annotations?.[CONFIG_HASH] ?? hash },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
    },
    spec,
  };
}

/** The pod in the form of one that was deleted in the API, with the grace period of its spec. */
function ending(pod: Pod, now: number): Pod {
  const deletionGracePeriodSeconds = Math.max(1, pod.spec?.terminationGracePeriodSeconds ?? 30);
  const deletionTimestamp = rfc3339(now + deletionGracePeriodSeconds * 1000);
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds } };
}
