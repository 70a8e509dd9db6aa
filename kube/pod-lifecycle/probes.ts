/**
 * The schedule of a container's probes, and the meaning of their outcomes (kubelet `prober/worker.go`), as a state
 * machine: the caller runs the handler (exec, httpGet, tcpSocket, grpc) and reports what came of it.
 */
import type { Container, ContainerStatus } from '../types.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';
export type ProbeSpec = NonNullable<Container['livenessProbe']>;

export interface ProbeState {
  /** The result that counts now: readiness starts as failure, liveness as success, startup as unknown. */
  result: 'success' | 'failure' | 'unknown';
  /** The last outcome, and how many times in a row. */
  last?: 'success' | 'failure';
  streak: number;
  /** The time of the next run. */
  dueAt: number;
  /** Failed liveness or startup, or a startup probe that has succeeded: no more runs on this container. */
  held: boolean;
}

const INITIAL = { startup: 'unknown', liveness: 'success', readiness: 'failure' } as const;

export function probeSpec(container: Container, kind: ProbeKind): ProbeSpec | undefined {
  if (kind === 'startup') return container.startupProbe;
  return kind === 'liveness' ? container.livenessProbe : container.readinessProbe;
}

/** The report of an earlier run of the node agent about a container that runs on. */
export type Reported = Pick<ContainerStatus, 'started' | 'ready'>;

/**
 * A fresh probe of a container that started at `startedAt`. What was reported of that very container holds on until the
 * probe's threshold says otherwise, and one that has started is not asked again whether it has.
 */
export function startProbe(kind: ProbeKind, spec: ProbeSpec, startedAt: number, reported?: Reported): ProbeState {
  const succeeded = (kind === 'startup' && reported?.started) || (kind === 'readiness' && reported?.ready);
  return {
    result: succeeded ? 'success' : INITIAL[kind],
    streak: 0,
    dueAt: startedAt + (spec.initialDelaySeconds ?? 0) * 1000,
    held: kind === 'startup' && succeeded === true,
  };
}

/**
 * The time at which this probe should run next; undefined: not now (held, or the startup probe has not succeeded yet).
 * `started` is the container's `started` field.
 */
export function probeDueAt(kind: ProbeKind, state: ProbeState, started: boolean): number | undefined {
  if (state.held) return undefined;
  // Until a container has started only its startup probe runs, and after that never again.
  if ((kind === 'startup') === started) return undefined;
  return state.dueAt;
}

/** The time limit of the handler, in milliseconds. */
export function probeTimeout(spec: ProbeSpec): number {
  return (spec.timeoutSeconds ?? 1) * 1000;
}

/** `unknown`: the probe could not be run, which says nothing of the container. */
export type ProbeOutcome = 'success' | 'failure' | 'unknown';

export interface ProbeVerdict {
  state: ProbeState;
  /** `result` changed: readiness or started must be reported, or (see `kill`) the container is to go. */
  changed: boolean;
  /** The container must be killed and, by its policy, restarted. */
  kill: boolean;
}

export function recordProbe(
  kind: ProbeKind,
  spec: ProbeSpec,
  state: ProbeState,
  outcome: ProbeOutcome,
  now: number,
): ProbeVerdict {
  const dueAt = now + (spec.periodSeconds ?? 10) * 1000;
  if (outcome === 'unknown') return { state: { ...state, dueAt }, changed: false, kill: false };
  const streak = state.last === outcome ? state.streak + 1 : 1;
  const next: ProbeState = { ...state, last: outcome, streak, dueAt };
  const threshold = outcome === 'success' ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3);
  if (streak < threshold) return { state: next, changed: false, kill: false };
  next.result = outcome;
  const kill = outcome === 'failure' && kind !== 'readiness';
  if (kill || (kind === 'startup' && outcome === 'success')) {
    next.held = true;
    next.streak = 0;
  }
  return { state: next, changed: next.result !== state.result, kill };
}
