/**
 * The readiness of a simulated container: pure. No probe is run. Each succeeds when it is due for the first time, and
 * goes on to; a container may be steered to be ready later, now and then or never, whether it has a probe or not.
 * Liveness is never in doubt.
 */
import { type PodMemory, type ProbeState, probeSpec, startProbe } from '../../../kube/pod-lifecycle/index.ts';
import type { Container } from '../../../kube/types.ts';
import type { Steering } from './steering.ts';

export interface Probing {
  /** As `PodMemory.probes` holds them. */
  states: Omit<PodMemory['probes'][string], 'id'>;
  /** The time at which one of them changes by itself. */
  next?: number;
}

export type Readiness = Pick<Steering, 'ready' | 'readyAfter' | 'readyFlips'>;

const NEVER: ProbeState = { result: 'failure', last: 'failure', streak: 1, dueAt: 0, held: true };

/** `startedAt` is the container's; undefined: it has nothing that is waited for. */
export function probing(
  container: Container,
  startedAt: number,
  steering: Readiness,
  now: number,
): Probing | undefined {
  const startup = succeed(container, 'startup', startedAt, startedAt);
  const started = startup?.dueAt ?? startedAt;
  // Readiness is not probed until a container has started.
  const probed = succeed(container, 'readiness', startedAt, started);
  const readiness = steering.ready ? steered(probed, started, startedAt, steering, now) : { state: NEVER };
  if (!startup && !readiness) return undefined;
  const next = [
    ...(startup && startup.dueAt > now ? [startup.dueAt] : []),
    ...(readiness?.next === undefined ? [] : [readiness.next]),
  ];
  return {
    states: {
      ...(startup && { startup: at(startup, now) }),
      ...(readiness && { readiness: readiness.state }),
    },
    ...(next.length > 0 && { next: Math.min(...next) }),
  };
}

/** The readiness now, and the time of its next change. */
function steered(
  probed: ProbeState | undefined,
  started: number,
  startedAt: number,
  { readyAfter, readyFlips }: Readiness,
  now: number,
): { state: ProbeState; next?: number } | undefined {
  if (!probed && readyAfter === 0 && !readyFlips) return undefined;
  const first = Math.max(probed?.dueAt ?? started, startedAt + readyAfter);
  const fresh = probed ?? { ...NEVER, dueAt: first, held: false };
  if (now < first) return { state: { ...fresh, dueAt: first, result: 'failure', last: 'failure' }, next: first };
  const success = at({ ...fresh, dueAt: first }, now);
  if (!readyFlips) return { state: success };
  const { ready, unready } = readyFlips;
  const round = first + Math.floor((now - first) / (ready + unready)) * (ready + unready);
  return now < round + ready
    ? { state: success, next: round + ready }
    : { state: NEVER, next: round + ready + unready };
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
