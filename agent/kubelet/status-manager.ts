/** Pod statuses on their way to the cluster: the newest of each pod, only when it differs, tried until it is there. */
import { isStaticPod } from '../../kube/kinds/core/static-pods.ts';
import { KUBELET_CONDITIONS, sameStatus } from '../../kube/pod-lifecycle/index.ts';
import type { Pod, PodStatus } from '../../kube/types.ts';
import { type Api, ApiError, STRATEGIC_MERGE } from '../api/client.ts';
import { BackOff } from '../back-off.ts';
import { type Clock, sleep } from '../clock.ts';

interface Entry {
  pod: Pod;
  /** Uid of the pod in the cluster: a static one is known there as its mirror. Undefined: it is not there. */
  uid?: string;
  wanted: PodStatus;
  /** The status that the cluster has, as far as is known. */
  reported?: PodStatus;
  /** Resource version of the last answer: older versions from the watch are ignored. */
  revision: number;
  sending: boolean;
  /** Heard from the watch while a status was on its way. */
  meanwhile?: Pod;
  waiters: (() => void)[];
}

export interface StatusPorts {
  api: Api;
  clock: Clock;
  random(): number;
  warn(text: string): void;
}

const RETRY = { initial: 200, max: 10_000 };

export class StatusManager {
  readonly #ports: StatusPorts;
  readonly #entries = new Map<string, Entry>();
  /** By the uid of their static pod. */
  readonly #mirrors = new Map<string, Pod>();

  constructor(ports: StatusPorts) {
    this.#ports = ports;
  }

  /** The status to build upon: the cluster's, or what is on its way there, with the conditions of others. */
  latest(pod: Pod): PodStatus | undefined {
    const wanted = this.#entries.get(pod.metadata.uid ?? '')?.wanted;
    if (!wanted) return pod.status;
    const foreign = (pod.status?.conditions ?? []).filter(({ type }) => !KUBELET_CONDITIONS.has(type));
    return { ...wanted, conditions: [...(wanted.conditions ?? []), ...foreign] };
  }

  /** The cluster's pod: where another client has changed what the node says of it, that is said again. */
  observe(pod: Pod): void {
    if (!isStaticPod(pod)) this.#observe(pod.metadata.uid ?? '', pod);
  }

  /** The mirror of a static pod as the cluster has it, which shows the pod's status; undefined: there is none. */
  mirrored(uid: string, mirror: Pod | undefined): void {
    if (mirror) this.#mirrors.set(uid, mirror);
    else this.#mirrors.delete(uid);
    const entry = this.#entries.get(uid);
    if (!mirror && entry) entry.uid = undefined;
    else if (mirror) this.#observe(uid, mirror);
  }

  #observe(uid: string, pod: Pod): void {
    const entry = this.#entries.get(uid);
    if (!entry) return;
    const isOther = entry.uid !== pod.metadata.uid;
    if (!isOther && entry.sending) {
      entry.meanwhile = pod;
      return;
    }
    if (!isOther && revisionOf(pod) < entry.revision) return;
    if (isOther) entry.revision = 0;
    entry.uid = pod.metadata.uid;
    entry.reported = pod.status && ownPart(pod.status);
    void this.#send(uid, entry);
  }

  set(pod: Pod, full: PodStatus): void {
    const status = ownPart(full);
    const uid = pod.metadata.uid ?? '';
    const known = isStaticPod(pod) ? this.#mirrors.get(uid) : pod;
    const fresh: Entry = {
      pod,
      uid: known?.metadata.uid,
      wanted: status,
      reported: known?.status && ownPart(known.status),
      revision: 0,
      sending: false,
      waiters: [],
    };
    const entry = this.#entries.get(uid) ?? fresh;
    this.#entries.set(uid, entry);
    entry.pod = pod;
    entry.wanted = status;
    void this.#send(uid, entry);
  }

  /** Resolves when the cluster has the pod's status, or the pod is gone there. */
  async settled(uid: string): Promise<void> {
    const entry = this.#entries.get(uid);
    if (!entry || (!entry.sending && same(entry))) return;
    await new Promise<void>((resolve) => entry.waiters.push(resolve));
  }

  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    this.#entries.delete(uid);
    this.#mirrors.delete(uid);
    for (const waiter of entry?.waiters ?? []) waiter();
  }

  async #send(uid: string, entry: Entry): Promise<void> {
    if (entry.sending) return;
    entry.sending = true;
    const backOff = new BackOff(RETRY, this.#ports.random);
    while (entry.uid !== undefined && !same(entry) && this.#entries.get(uid) === entry) {
      const { wanted: status, uid: target } = entry;
      try {
        const answer = await this.#patch(target, entry.pod, patchOf(entry.reported, status));
        if (entry.uid !== target) continue;
        entry.revision = revisionOf(answer);
        // Another client may have written after this answer.
        const { meanwhile } = entry;
        entry.meanwhile = undefined;
        const isLater = meanwhile?.metadata.uid === target && revisionOf(meanwhile) > entry.revision;
        entry.reported = isLater && meanwhile?.status ? ownPart(meanwhile.status) : status;
        backOff.reset();
      } catch (error) {
        if (entry.uid !== target) continue;
        if (error instanceof ApiError && (error.code === 404 || isOtherPod(error))) {
          if (isStaticPod(entry.pod)) {
            // Another mirror will be made.
            entry.uid = undefined;
            break;
          }
          this.forget(uid);
          return;
        }
        this.#ports.warn(
          `status of pod ${entry.pod.metadata.namespace}/${entry.pod.metadata.name}: ${(error as Error).message}`,
        );
        // After a conflict or a refusal the whole status is sent again, not what changed.
        entry.reported = undefined;
        await sleep(this.#ports.clock, backOff.next());
      }
    }
    entry.sending = false;
    for (const waiter of entry.waiters.splice(0)) waiter();
  }

  #patch(uid: string, pod: Pod, status: unknown): Promise<Partial<Pod>> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`;
    return this.#ports.api.request<Partial<Pod>>('PATCH', path, { metadata: { uid }, status }, STRATEGIC_MERGE);
  }
}

/** The status without the conditions that others write. */
function ownPart(status: PodStatus): PodStatus {
  if (!status.conditions) return status;
  return { ...status, conditions: status.conditions.filter(({ type }) => KUBELET_CONDITIONS.has(type)) };
}

const revisionOf = ({ metadata }: Partial<Pod>): number => Number(metadata?.resourceVersion ?? 0);

const same = ({ reported, wanted }: Entry): boolean => reported !== undefined && sameStatus(reported, wanted);

/** A patch with the uid of a pod whose name another one has now is refused, as it would change that one's. */
const isOtherPod = ({ code, status }: ApiError): boolean =>
  code === 422 && status?.details?.causes?.some(({ field }) => field === 'metadata.uid') === true;

/**
 * A strategic merge patch that leaves exactly `next`: lists of containers and addresses replace what was there, and
 * fields that are gone are null.
 */
export function patchOf(before: PodStatus | undefined, next: PodStatus): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  const old = (before ?? {}) as Record<string, unknown>;
  for (const [field, value] of Object.entries(next)) {
    if (field === 'conditions' || JSON.stringify(old[field]) === JSON.stringify(value)) continue;
    if (field === 'podIPs' || field === 'hostIPs') patch[field] = [{ $patch: 'replace' }, ...(value as unknown[])];
    else patch[field] = value;
  }
  for (const field of Object.keys(old)) if (field !== 'conditions' && !(field in next)) patch[field] = null;
  const conditions = changedConditions(before?.conditions ?? [], next.conditions ?? []);
  if (conditions.length > 0) patch.conditions = conditions;
  return patch;
}

type Conditions = NonNullable<PodStatus['conditions']>;

/** Conditions merge by type, so only those that changed are sent, with the fields that are gone as null. */
function changedConditions(before: Conditions, next: Conditions): unknown[] {
  const old = new Map(before.map((condition) => [condition.type, condition]));
  const kept = new Set(next.map(({ type }) => type));
  const gone = before.filter(({ type }) => !kept.has(type)).map(({ type }) => ({ type, $patch: 'delete' }));
  const changed = next
    .filter((condition) => JSON.stringify(old.get(condition.type)) !== JSON.stringify(condition))
    .map((condition) => ({ reason: null, message: null, ...condition }));
  return [...gone, ...changed];
}
