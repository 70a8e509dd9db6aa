/** A pod's conditions (kubelet `status/generate.go`), in the order kubelet writes them. */

import { semanticEqual } from '../machinery/equality.ts';
import { schemaOf } from '../machinery/schema/resolve.ts';
import { rfc3339 } from '../machinery/time.ts';
import type { ContainerStatus, Pod, PodCondition } from '../types.ts';
import { named } from './by-name.ts';
import { allContainers, appContainers, initContainers, isSidecar } from './containers.ts';
import type { Phase } from './phase.ts';

/** The conditions that a kubelet writes; all others belong to other clients (kubelet `types/pod_status.go`). */
export const KUBELET_CONDITIONS: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
]);

interface Draft {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
}

export interface ConditionInput {
  pod: Pod;
  phase: Phase;
  init: readonly ContainerStatus[];
  app: readonly ContainerStatus[];
  /** A sandbox with its network up exists. */
  sandboxReady: boolean;
  now: number;
}

/** The conditions kubelet owns, then those of other clients (readiness gates, DisruptionTarget) as they are. */
export function podConditions(input: ConditionInput): PodCondition[] {
  const old = input.pod.status?.conditions ?? [];
  const drafts = [
    { type: 'PodReadyToStartContainers', status: input.sandboxReady ? ('True' as const) : ('False' as const) },
    initializedCondition(input),
    readyCondition(input),
    containersReadyCondition(input),
    { type: 'PodScheduled', status: 'True' as const },
    ...resizeCondition(input),
  ];
  const owned = drafts.map((draft) => stamp(draft, old, input));
  return [...owned, ...old.filter((condition) => !KUBELET_CONDITIONS.has(condition.type))];
}

const RESOURCES = schemaOf('io.k8s.api.core.v1.ResourceRequirements');

/**
 * A container that runs has other resources than the pod asks for by now (kubelet `allocation/allocation_manager.go`).
 */
function resizeCondition({ pod, init, app }: ConditionInput): Draft[] {
  const wanted = new Map(allContainers(pod).map(({ container }) => [container.name, container.resources]));
  const isPending = [...init, ...app].some(
    ({ name, state, resources }) =>
      state?.running && resources && !semanticEqual(RESOURCES, resources, wanted.get(name)),
  );
  if (!isPending) return [];
  const message = 'this node does not resize containers that run: they get their resources when they are started anew';
  return [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible', message }];
}

/** lastTransitionTime moves only when the status does. */
function stamp(draft: Draft, old: readonly PodCondition[], { pod, now }: ConditionInput): PodCondition {
  const before = old.find((condition) => condition.type === draft.type);
  const kept = before?.status === draft.status ? before.lastTransitionTime : undefined;
  return {
    type: draft.type,
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    status: draft.status,
    // Upstream's JSON has it, always null.
    lastProbeTime: null as unknown as undefined,
    lastTransitionTime: kept ?? rfc3339(now),
    ...(draft.reason ? { reason: draft.reason } : {}),
    ...(draft.message ? { message: draft.message } : {}),
  };
}

const names = (list: readonly string[]): string => `[${list.join(' ')}]`;

function initializedCondition({ pod, phase, init, app }: ConditionInput): Draft {
  const type = 'Initialized';
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of initContainers(pod)) {
    const status = named(init, container.name);
    if (!status) unknown.push(container.name);
    else if (!(isSidecar(container) ? status.started : status.ready)) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'True', reason: 'PodCompleted' };
  if (app.some(hasStarted)) return { type, status: 'True' };
  return unready(type, 'ContainersNotInitialized', unknown, incomplete, 'incomplete');
}

/** Has it run at least once? */
export function hasStarted(status: ContainerStatus): boolean {
  return Boolean(
    status.state?.running || status.state?.terminated || status.lastState?.running || status.lastState?.terminated,
  );
}

function containersReadyCondition({ pod, phase, init, app }: ConditionInput): Draft {
  const type = 'ContainersReady';
  const unknown: string[] = [];
  const notReady: string[] = [];
  const check = (name: string, statuses: readonly ContainerStatus[]): void => {
    const status = named(statuses, name);
    if (!status) unknown.push(name);
    else if (!status.ready) notReady.push(name);
  };
  for (const container of initContainers(pod)) if (isSidecar(container)) check(container.name, init);
  for (const container of appContainers(pod)) check(container.name, app);
  if (phase === 'Succeeded' && unknown.length === 0) return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  return unready(type, 'ContainersNotReady', unknown, notReady, 'unready');
}

function unready(
  type: string,
  reason: string,
  unknown: readonly string[],
  known: readonly string[],
  what: 'unready' | 'incomplete',
): Draft {
  const messages: string[] = [];
  if (unknown.length > 0) messages.push(`containers with unknown status: ${names(unknown)}`);
  if (known.length > 0) messages.push(`containers with ${what} status: ${names(known)}`);
  return messages.length === 0
    ? { type, status: 'True' }
    : { type, status: 'False', reason, message: messages.join(', ') };
}

function readyCondition(input: ConditionInput): Draft {
  const containers = containersReadyCondition(input);
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const messages: string[] = [];
  for (const { conditionType } of input.pod.spec?.readinessGates ?? []) {
    const gate = input.pod.status?.conditions?.find((condition) => condition.type === conditionType);
    if (!gate)
      messages.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`);
    else if (gate.status !== 'True') {
      messages.push(
        `the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${gate.status}`,
      );
    }
  }
  return messages.length === 0
    ? { type: 'Ready', status: 'True' }
    : { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}
