/**
 * A node's view of a pod, and its memory: the inputs of every decision here. Plain data; all times are
 * milliseconds since the epoch. A runtime (CRI, or the simulation) fills {@link Observed}; the caller keeps
 * {@link PodMemory} between decisions and may lose it, at the cost of fresh back-offs.
 */
import { maybeNamed } from './by-name.ts';
import type { ProbeKind, ProbeState } from './probes.ts';

export interface ObservedSandbox {
  id: string;
  /** Its network is up: containers may start in it. */
  ready: boolean;
  /** Empty with hostNetwork: the host's addresses count. */
  ips: readonly string[];
  /** 0 for the pod's first sandbox. */
  attempt: number;
}

export interface ObservedContainer {
  name: string;
  /** With the runtime's scheme: `containerd://4d…`. */
  id: string;
  /** The sandbox it lives in; containers of earlier sandboxes are history. */
  sandbox: string;
  state: 'created' | 'running' | 'exited' | 'unknown';
  /** 0 for the first one of this name in the pod: what `restartCount` shows. */
  attempt: number;
  image: string;
  imageID: string;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
  exitCode?: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`; derived from the exit code when left out. */
  reason?: string;
  /** The termination message. */
  message?: string;
  /** A kill is under way, which turns to force at this time. It is killed again only to be gone sooner. */
  stopBy?: number;
}

export interface Observed {
  /** The newest sandbox, ready or not. */
  sandbox?: ObservedSandbox;
  /** Every container of the pod, earlier attempts included, in any order. */
  containers: readonly ObservedContainer[];
  /** Names of the containers whose start is under way: no other start of them is decided upon. */
  starting?: ReadonlySet<string>;
}

export const NOTHING_OBSERVED: Observed = { containers: [] };

export interface BackOffEntry {
  /** The time that the next failure must wait, in milliseconds. */
  delay: number;
  /** The time at which it was last stepped up. */
  updated: number;
}

export interface PodMemory {
  /** By container name. */
  backOff: Readonly<Record<string, BackOffEntry>>;
  /** The reason why a container waits (ErrImagePull, CrashLoopBackOff, …), by container name. */
  waiting: Readonly<Record<string, { reason: string; message: string }>>;
  /** By container name; `id` says which container the states are of. */
  probes: Readonly<Record<string, { id: string } & { [kind in ProbeKind]?: ProbeState }>>;
  /** The pod as a whole has failed: it is killed and reported so (`DeadlineExceeded`, `Evicted`, …). */
  failure?: PodFailure;
  /**
   * The time at which the deletion was heard of, by this clock, and so the end of its grace period; milliseconds since
   * the epoch.
   */
  deletion?: { gracePeriodSeconds: number; by: number };
  /** The sandbox whose loss has been told. */
  lostSandbox?: string;
}

export interface PodFailure {
  reason: string;
  message: string;
  /** For its containers to end, in place of the pod's own. */
  gracePeriodSeconds?: number;
}

export const NO_MEMORY: PodMemory = { backOff: {}, waiting: {}, probes: {} };

/** A container could not be pulled, created or started: shown as its waiting reason until it runs. */
export function rememberWaiting(memory: PodMemory, container: string, reason: string, message: string): PodMemory {
  return { ...memory, waiting: { ...memory.waiting, [container]: { reason, message } } };
}

export function forgetWaiting(memory: PodMemory, container: string): PodMemory {
  if (!Object.hasOwn(memory.waiting, container)) return memory;
  const { [container]: _gone, ...waiting } = memory.waiting;
  return { ...memory, waiting };
}

/** The newest container of a name, over all sandboxes or in one. */
export function newestContainer(observed: Observed, name: string, sandbox?: string): ObservedContainer | undefined {
  let newest: ObservedContainer | undefined;
  for (const container of maybeNamed(observed.containers, name)) {
    if (container.name !== name || (sandbox !== undefined && container.sandbox !== sandbox)) continue;
    if (
      !newest ||
      container.attempt > newest.attempt ||
      (container.attempt === newest.attempt && container.createdAt > newest.createdAt)
    ) {
      newest = container;
    }
  }
  return newest;
}

/** The newest exited container of a name before `current`: what `lastState` shows. */
export function previousContainer(observed: Observed, current: ObservedContainer): ObservedContainer | undefined {
  let newest: ObservedContainer | undefined;
  for (const container of maybeNamed(observed.containers, current.name)) {
    if (container.name !== current.name || container.id === current.id || container.state !== 'exited') continue;
    if (container.attempt > current.attempt) continue;
    if (!newest || container.attempt > newest.attempt) newest = container;
  }
  return newest;
}
