/** `status.containerStatuses` from what runs (kubelet `kubelet_pods.go`, convertToAPIContainerStatuses). */
import { entryOf } from '../machinery/entries.ts';
import { rfc3339 } from '../machinery/time.ts';
import type { Container, ContainerState, ContainerStatus, Pod } from '../types.ts';
import { named } from './by-name.ts';
import { allContainers, type ContainerKind, shouldStart } from './containers.ts';
import {
  newestContainer,
  type Observed,
  type ObservedContainer,
  type PodMemory,
  previousContainer,
} from './observed.ts';

/** An int32 in the API: a status with more would be refused, and the container's restart with it. */
const MAX_RESTARTS = 2 ** 31 - 1;

export interface StatusInput {
  pod: Pod;
  observed: Observed;
  memory: PodMemory;
  /** Containers that run keep the resources that they were started with. */
  keepsResources: boolean;
}

export interface ContainerStatuses {
  init: ContainerStatus[];
  app: ContainerStatus[];
  ephemeral: ContainerStatus[];
}

export function containerStatuses(input: StatusInput): ContainerStatuses {
  const result: ContainerStatuses = { init: [], app: [], ephemeral: [] };
  for (const { container, kind } of allContainers(input.pod)) {
    const status = statusOf(input, container, kind);
    result[kind === 'sidecar' ? 'init' : kind].push(status);
  }
  return result;
}

function statusOf(input: StatusInput, container: Container, kind: ContainerKind): ContainerStatus {
  const { pod, observed, memory } = input;
  const newest = newestContainer(observed, container.name);
  const old = recorded(pod, container.name);
  const waiting = entryOf(memory.waiting, container.name);
  const status: ContainerStatus = {
    name: container.name,
    image: newest?.image || container.image || '',
    imageID: newest?.imageID ?? '',
    lastState: {},
    ready: false,
    restartCount: Math.min(newest?.attempt ?? old?.restartCount ?? 0, MAX_RESTARTS),
    ...(kind === 'ephemeral' ? {} : { started: false }),
    state: {},
  };
  if (newest) status.containerID = newest.id;
  else if (old?.containerID) {
    // The runtime has forgotten it (its sandbox was removed): the last report stands as history.
    status.containerID = old.containerID;
    status.image = old.image;
    status.imageID = old.imageID;
  }
  if (!newest || newest.state === 'created') {
    const ended = old?.state?.terminated;
    if (!newest && ended && !shouldStartAgain(pod, container, kind, ended.exitCode)) {
      status.state = { terminated: ended };
      status.lastState = old?.lastState ?? {};
      status.ready = kind === 'init' && ended.exitCode === 0;
      return status;
    }
    status.state = {
      waiting: waiting ?? { reason: defaultWaiting(pod) },
    };
    status.lastState = lastStateOf(observed, newest) ?? (ended ? { terminated: ended } : (old?.lastState ?? {}));
    return status;
  }
  status.lastState = lastStateOf(observed, newest) ?? old?.lastState ?? {};
  if (newest.state === 'running') {
    status.state = { running: { startedAt: rfc3339(newest.startedAt ?? newest.createdAt) } };
    if (kind === 'ephemeral') return status;
    status.started = isStarted(pod, container, newest, memory);
    status.ready = kind === 'init' ? false : status.started && isReady(pod, container, newest, memory);
    const { resources } = (input.keepsResources && reportedOf(pod, newest)) || container;
    if (resources?.requests) status.allocatedResources = resources.requests;
    if (resources) status.resources = resources;
    return status;
  }
  const ended = terminatedState(newest);
  if (waiting && shouldStart(pod, container, kind, newest)) {
    status.state = { waiting };
    status.lastState = ended;
  } else {
    status.state = ended;
    status.ready = kind === 'init' && ended.terminated?.exitCode === 0;
  }
  return status;
}

/** Any init container at all makes kubelet say so of all containers that have not run. */
function defaultWaiting(pod: Pod): string {
  return pod.spec?.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
}

function shouldStartAgain(pod: Pod, container: Container, kind: ContainerKind, exitCode: number): boolean {
  const ended = { state: 'exited', exitCode } as ObservedContainer;
  return shouldStart(pod, container, kind, ended);
}

/** The API's status of a container, from the last report. */
export function recorded(pod: Pod, name: string): ContainerStatus | undefined {
  return (
    named(pod.status?.containerStatuses, name) ??
    named(pod.status?.initContainerStatuses, name) ??
    named(pod.status?.ephemeralContainerStatuses, name)
  );
}

function lastStateOf(observed: Observed, newest: ObservedContainer | undefined): ContainerState | undefined {
  const previous = newest && previousContainer(observed, newest);
  return previous && terminatedState(previous);
}

function terminatedState(container: ObservedContainer): ContainerState {
  if (container.state !== 'exited') {
    // Its runtime lost it: what became of it cannot be known.
    return {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      },
    };
  }
  const exitCode = container.exitCode ?? 0;
  return {
    terminated: {
      containerID: container.id,
      exitCode,
      finishedAt: rfc3339(container.finishedAt ?? container.createdAt),
      ...(container.message ? { message: container.message } : {}),
      reason: container.reason || (exitCode === 0 ? 'Completed' : 'Error'),
      startedAt: rfc3339(container.startedAt ?? container.createdAt),
    },
  };
}

/** `started`: running, and its startup probe (where it has one) has succeeded. */
export function isStarted(pod: Pod, container: Container, newest: ObservedContainer, memory: PodMemory): boolean {
  if (newest.state !== 'running') return false;
  if (!container.startupProbe) return true;
  const probes = entryOf(memory.probes, container.name);
  if (probes?.id === newest.id && probes.startup) return probes.startup.result === 'success';
  return reportedOf(pod, newest)?.started === true;
}

/** The last report of this very container: after a restart of the node agent it holds until a probe says otherwise. */
export function reportedOf(pod: Pod, { name, id }: ObservedContainer): ContainerStatus | undefined {
  const old = recorded(pod, name);
  return old?.containerID === id ? old : undefined;
}

/**
 * `ready` of a started container: its readiness probe, where it has one, has succeeded. A simulated one may be without.
 */
function isReady(pod: Pod, container: Container, newest: ObservedContainer, memory: PodMemory): boolean {
  const probes = entryOf(memory.probes, container.name);
  if (probes?.id === newest.id && probes.readiness?.last) return probes.readiness.result === 'success';
  if (!container.readinessProbe) return true;
  return reportedOf(pod, newest)?.ready === true;
}
