/**
 * The next step of a node for a pod (kubelet `kuberuntime_manager.go`, computePodActions and SyncPod).
 * The caller performs the actions, looks again, and asks again; nothing here assumes that an action worked.
 */
import { entryOf } from '../machinery/entries.ts';
import type { Container } from '../types.ts';
import type { DecideInput, Decision } from './actions.ts';
import { isStarted, recorded } from './container-statuses.ts';
import {
  allContainers,
  appContainers,
  type ContainerKind,
  initContainers,
  isSidecar,
  isTerminal,
  podRestartPolicy,
  restartsAfter,
  shouldStart,
} from './containers.ts';
import { Draft } from './draft.ts';
import { podEvents } from './events.ts';
import { forgetWaiting, newestContainer, type ObservedContainer, type PodMemory } from './observed.ts';
import { killContainers } from './stop.ts';

export function decide(input: DecideInput): Decision {
  const draft = new Draft({ ...input, memory: rememberDeletion(forgetRunning(input), input) });
  const { pod, observed } = input;
  if (pod.metadata.deletionTimestamp || isTerminal(pod) || input.memory.failure) return draft.stop();
  if (deadlinePassed(draft)) return draft.stop();
  const sandbox = observed.sandbox;
  if (!sandbox?.ready) return renewSandbox(draft);
  startEphemeral(draft);
  if (initFailed(draft)) return draft.stop();
  if (!hasRun(draft) && !initialize(draft)) return draft.done();
  keepRunning(draft);
  return draft.done();
}

/** A container that runs waits for nothing. */
function forgetRunning({ observed, memory }: DecideInput): PodMemory {
  return Object.keys(memory.waiting)
    .filter((name) => newestContainer(observed, name)?.state === 'running')
    .reduce(forgetWaiting, memory);
}

/**
 * The grace period counts from now: deletionTimestamp is by the cluster's clock, which may go otherwise. It can become
 * shorter.
 */
function rememberDeletion(memory: PodMemory, { pod, now }: DecideInput): PodMemory {
  if (!pod.metadata.deletionTimestamp) return memory;
  const gracePeriodSeconds = Number(pod.metadata.deletionGracePeriodSeconds ?? 30);
  if (memory.deletion && memory.deletion.gracePeriodSeconds <= gracePeriodSeconds) return memory;
  return { ...memory, deletion: { gracePeriodSeconds, by: now + gracePeriodSeconds * 1000 } };
}

/** spec.activeDeadlineSeconds, counted from status.startTime (kubelet `active_deadline.go`). */
function deadlinePassed(draft: Draft): boolean {
  const seconds = draft.pod.spec?.activeDeadlineSeconds;
  const start = draft.pod.status?.startTime;
  if (seconds === undefined || seconds === null || !start) return false;
  const due = Date.parse(start) + Number(seconds) * 1000;
  if (draft.now < due) {
    draft.wake(due);
    return false;
  }
  const event = podEvents.deadlineExceeded();
  draft.actions.push({ do: 'event', event });
  draft.memory = { ...draft.memory, failure: { reason: event.reason, message: event.message } };
  return true;
}

function renewSandbox(draft: Draft): Decision {
  const { pod, observed } = draft;
  const sandbox = observed.sandbox;
  if (sandbox) {
    const policy = podRestartPolicy(pod);
    const ended = appContainers(pod).every((container) => isOver(draft, container));
    // With policy Never what has run is not run again in a fresh sandbox.
    if ((policy === 'Never' && observed.containers.length > 0) || ended) return draft.stop();
    if (draft.memory.lostSandbox !== sandbox.id) {
      draft.actions.push({ do: 'event', event: podEvents.sandboxChanged() });
      draft.memory = { ...draft.memory, lostSandbox: sandbox.id };
    }
    const kills = killContainers(draft);
    draft.actions.push(...(kills ?? [{ do: 'stop-sandbox', id: sandbox.id }]));
    if (kills) return draft.done();
  }
  draft.actions.push({ do: 'create-sandbox', attempt: sandbox ? sandbox.attempt + 1 : 0 });
  return draft.done();
}

/** Its last run, in whatever sandbox, has ended, and its policy leaves it at that. */
function isOver({ pod, observed }: Draft, container: Container): boolean {
  const newest = newestContainer(observed, container.name);
  const ended = newest?.state === 'exited' ? (newest.exitCode ?? 0) : undefined;
  // The runtime may have forgotten it; the API has not.
  const code = newest ? ended : recorded(pod, container.name)?.state?.terminated?.exitCode;
  return code !== undefined && !restartsAfter(pod, container, 'app', code);
}

/** An ephemeral container is started once, whatever the others do. */
function startEphemeral(draft: Draft): void {
  for (const { container, kind } of allContainers(draft.pod)) {
    if (kind !== 'ephemeral') continue;
    const hasRun = newestContainer(draft.observed, container.name) ?? recorded(draft.pod, container.name)?.containerID;
    if (!hasRun) draft.start(container, kind);
  }
}

/** Has any app container of this sandbox been created? Then init containers are done for good. */
function hasRun(draft: Draft): boolean {
  return appContainers(draft.pod).some((container) => draft.current(container.name) !== undefined);
}

function initFailed(draft: Draft): boolean {
  return initContainers(draft.pod).some((container) => {
    const newest = draft.current(container.name);
    const code = newest?.state === 'exited' ? (newest.exitCode ?? 0) : 0;
    return !isSidecar(container) && code !== 0 && !restartsAfter(draft.pod, container, 'init', code);
  });
}

/** Runs init containers in order; true once app containers may start. */
function initialize(draft: Draft): boolean {
  for (const container of initContainers(draft.pod)) {
    const newest = draft.current(container.name);
    if (isSidecar(container)) {
      keepSidecar(draft, container, newest);
      if (!newest || !isStarted(draft.pod, container, newest, draft.memory)) return false;
    } else {
      if (newest?.state === 'exited' && newest.exitCode === 0) continue;
      if (newest?.state !== 'running') draft.start(container, 'init');
      return false;
    }
  }
  return true;
}

function keepSidecar(draft: Draft, container: Container, newest: ObservedContainer | undefined): void {
  if (newest?.state === 'running') probeVerdict(draft, container, newest, true);
  else draft.start(container, 'sidecar');
}

function keepRunning(draft: Draft): void {
  const { pod } = draft;
  let alive = 0;
  const starts: { container: Container; kind: ContainerKind }[] = [];
  for (const { container, kind } of allContainers(pod)) {
    const newest = draft.current(container.name);
    if (kind !== 'app') continue;
    if (newest?.state === 'running') {
      alive++;
      probeVerdict(draft, container, newest, restartsAfter(pod, container, kind, 137));
    } else if (newest?.state === 'unknown') {
      alive++;
      draft.kill(
        container,
        newest,
        'unknown-state',
        `Container ${container.name} is in unknown state, try killing it before restart`,
      );
    } else if (!isOver(draft, container) && shouldStart(pod, container, kind, newest)) starts.push({ container, kind });
  }
  // Sidecars do not keep a pod alive whose own containers have all ended.
  if (alive === 0 && starts.length === 0) {
    draft.stop();
    return;
  }
  for (const container of initContainers(pod)) {
    if (isSidecar(container)) keepSidecar(draft, container, draft.current(container.name));
  }
  for (const { container, kind } of starts) draft.start(container, kind);
}

function probeVerdict(draft: Draft, container: Container, running: ObservedContainer, restarts: boolean): void {
  const probes = entryOf(draft.memory.probes, container.name);
  if (probes?.id !== running.id) return;
  for (const kind of ['liveness', 'startup'] as const) {
    if (probes[kind]?.result !== 'failure') continue;
    const message = `Container ${container.name} failed ${kind} probe`;
    draft.kill(container, running, kind, restarts ? `${message}, will be restarted` : message);
    return;
  }
}
