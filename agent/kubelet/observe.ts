/** The containers of each pod, read from the runtime: the input of every decision. */
import type { Observed, ObservedContainer } from '../../kube/pod-lifecycle/index.ts';
import { newestSandbox, type PodListing } from '../runtimes/listing.ts';
import type { ContainerDetail, ContainerEntry, Runtime } from '../runtimes/runtime.ts';
import { terminationMessage } from './containers/termination-message.ts';
import { CONTAINER_NAME, isOwn, type Owner, POD_UID } from './labels.ts';

export { newestSandbox, type PodListing };

/**
 * Only sandboxes and containers with the owner's labels: others in the same runtime are not seen, and so never touched.
 */
export async function listByPod(runtime: Runtime, owner: Owner): Promise<Map<string, PodListing>> {
  const all = await Promise.all([runtime.sandboxes(), runtime.containers()]);
  const sandboxes = all[0].filter(({ labels }) => isOwn(labels, owner));
  const containers = all[1].filter(({ labels }) => isOwn(labels, owner));
  const pods = new Map<string, PodListing>();
  const of = (uid: string) => {
    const listing = pods.get(uid) ?? { sandboxes: [], containers: [] };
    pods.set(uid, listing);
    return listing;
  };
  const uidOf = new Map(sandboxes.map((sandbox) => [sandbox.id, sandbox.metadata.uid]));
  for (const sandbox of sandboxes) of(sandbox.metadata.uid).sandboxes.push(sandbox);
  for (const container of containers) {
    const uid = container.labels[POD_UID] ?? uidOf.get(container.sandbox);
    if (uid) of(uid).containers.push(container);
  }
  return pods;
}

/** A text that differs when anything of the pod's listing does. */
export function fingerprint({ sandboxes, containers }: PodListing): string {
  const parts = [
    ...sandboxes.map(({ id, ready }) => `${id}${ready}`),
    ...containers.map(({ id, state }) => `${id}${state}`),
  ];
  return parts.sort().join(' ');
}

/** Starts and stops that the agent has under way, by the containers' runtime ids, while the runtime is looked at. */
export interface UnderWay {
  /**
   * Containers whose postStart hook is not over do not count as running (kubelet reports a container after its hook).
   */
  starting: ReadonlySet<string>;
  /** Names of the containers whose start is not over, created or not. */
  startingNames: ReadonlySet<string>;
  /** The time at which the kill under way turns to force. */
  stopping: ReadonlyMap<string, number>;
}

/** Fills in what listings leave out, and remembers what never changes: addresses, and how a container ended. */
export class Observer {
  readonly #runtime: Runtime;
  readonly #scheme: string;
  readonly #ended = new Map<string, ObservedContainer>();
  readonly #ips = new Map<string, string[]>();

  /** `scheme`: `containerd`, for `containerd://…` ids. */
  constructor(runtime: Runtime, scheme: string) {
    this.#runtime = runtime;
    this.#scheme = scheme;
  }

  async observe(listing: PodListing, underWay: UnderWay): Promise<Observed> {
    const newest = newestSandbox(listing);
    const containers = await Promise.all(listing.containers.map((entry) => this.#container(entry, underWay)));
    const ips = newest?.ready ? await this.#addresses(newest.id) : [];
    return {
      sandbox: newest && { id: newest.id, ready: newest.ready, ips, attempt: newest.metadata.attempt },
      containers: containers.filter((container) => container !== undefined),
      starting: underWay.startingNames,
    };
  }

  async #addresses(sandbox: string): Promise<string[]> {
    const known = this.#ips.get(sandbox);
    if (known) return known;
    const found = (await this.#runtime.sandboxIPs(sandbox)) ?? [];
    // A sandbox without addresses may get some later.
    if (found.length > 0) this.#ips.set(sandbox, found);
    return found;
  }

  async #container(entry: ContainerEntry, underWay: UnderWay): Promise<ObservedContainer | undefined> {
    const ended = this.#ended.get(entry.id);
    if (ended) return ended;
    const detail = await this.#runtime.container(entry.id);
    if (!detail) return undefined;
    const observed = await this.#observed(entry, detail, underWay);
    if (observed.state === 'exited') this.#ended.set(entry.id, observed);
    return observed;
  }

  async #observed(entry: ContainerEntry, detail: ContainerDetail, underWay: UnderWay): Promise<ObservedContainer> {
    const ended = detail.state === 'exited';
    const isStarting = detail.state === 'running' && underWay.starting.has(entry.id);
    const stopBy = underWay.stopping.get(entry.id);
    return {
      name: entry.labels[CONTAINER_NAME] ?? entry.name,
      id: `${this.#scheme}://${entry.id}`,
      sandbox: entry.sandbox,
      state: isStarting ? 'created' : detail.state,
      attempt: entry.attempt,
      image: detail.image || entry.image,
      imageID: detail.imageRef,
      createdAt: detail.createdAt,
      startedAt: detail.startedAt,
      ...(ended
        ? {
            finishedAt: detail.finishedAt,
            exitCode: detail.exitCode,
            reason: detail.reason || undefined,
            message: await terminationMessage(detail, this.#runtime),
          }
        : {}),
      ...(stopBy === undefined ? {} : { stopBy }),
    };
  }

  /** Forgets containers and sandboxes that the runtime does not list any more. */
  forget(alive: ReadonlyMap<string, PodListing>): void {
    const ids = new Set<string>();
    for (const { sandboxes, containers } of alive.values()) {
      for (const { id } of sandboxes) ids.add(id);
      for (const { id } of containers) ids.add(id);
    }
    for (const id of this.#ended.keys()) if (!ids.has(id)) this.#ended.delete(id);
    for (const id of this.#ips.keys()) if (!ids.has(id)) this.#ips.delete(id);
  }
}
