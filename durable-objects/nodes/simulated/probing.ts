/**
 * The probes of a simulated container: pure. None is run. Each succeeds when it is due for the first time, and goes on
 * to; a container may be steered to be never ready, whether it has a probe or not. Liveness is never in doubt.
 */
import { type PodMemory, type ProbeState, probeSpec, startProbe } from '../../../kube/pod-lifecycle/index.ts';
import type { Container } from '../../../kube/types.ts';

export interface Probing {
  /** As `PodMemory.probes` holds them. */
  states: Omit<PodMemory['probes'][string], 'id'>;
  /** The time at which one of them changes by itself. */
  next?: number;
}

const NEVER: ProbeState = { result: 'failure', last: 'failure', streak: 1, dueAt: 0, held: true };

/** `startedAt` is the container's; undefined: it has nothing that is waited for. */
export function probing(container: Container, startedAt: number, ready: boolean, now: number): Probing | undefined {
  const startup = succeed(container, 'startup', startedAt, startedAt);
  const started = startup?.dueAt ?? startedAt;
  // Readiness is not probed until a container has started.
  const readiness = ready ? succeed(container, 'readiness', startedAt, started) : NEVER;
  if (!startup && !readiness) return undefined;
  const next = [startup, readiness].flatMap((state) => (state && state.dueAt > now ? state.dueAt : []));
  return {
    states: {
      ...(startup && { startup: at(startup, now) }),
      ...(readiness && { readiness: at(readiness, now) }),
    },
    ...(next.length > 0 && { next: Math.min(...next) }),
  };
}

/** A fresh probe that succeeds when it is due, which is never before `from`. */
function succeed(
  container: Container,
  kind: 'startup' | 'readiness',
  startedAt: number,
  from: number,
): ProbeState | undefined {
  const spec = probeSpec(container, kind);
  if (!spec) return undefined;
  const fresh = startProbe(kind, spec, startedAt);
  const more = ((spec.successThreshold ?? 1) - 1) * (spec.periodSeconds ?? 10) * 1000;
  return { ...fresh, dueAt: Math.max(fresh.dueAt, from) + more };
}

function at(state: ProbeState, now: number): ProbeState {
  return !state.held && state.dueAt <= now
    ? { ...state, result: 'success', last: 'success', streak: 1, held: true }
    : state;
}
