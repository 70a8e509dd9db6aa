/** Runs a pod's probes when they are due; what they mean is decided in `kube/pod-lifecycle`. */
import { entryOf } from '../../../kube/machinery/entries.ts';
import {
  allContainers,
  isStarted,
  newestContainer,
  type Observed,
  type ObservedContainer,
  type ProbeKind,
  type ProbeOutcome,
  type ProbeSpec,
  type ProbeState,
  podEvents,
  probeDueAt,
  probeSpec,
  probeTimeout,
  recordProbe,
  reportedOf,
  startProbe,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../../kube/types.ts';
import type { Outcome } from '../handlers/outcome.ts';
import { type HandlerTarget, runHandler } from '../handlers/run-handler.ts';
import { type PodAccess, recordEvent } from './pod-access.ts';
import type { PodPorts } from './pod-ports.ts';

const KINDS: readonly ProbeKind[] = ['startup', 'liveness', 'readiness'];
const TRIES = 3;

export class Prober {
  readonly #ports: PodPorts;
  readonly #access: PodAccess;
  readonly #running = new Set<string>();

  constructor(ports: PodPorts, access: PodAccess) {
    this.#ports = ports;
    this.#access = access;
  }

  /** Starts the probes that are due. Returns when the next one is; undefined when none waits for time. */
  tick(pod: Pod, observed: Observed, hostIP: string): number | undefined {
    let next: number | undefined;
    // A pod that ends is asked whether it still serves, and is not killed for what it says (`worker.go`,
    // StopLivenessAndStartup).
    const ends = pod.metadata.deletionTimestamp || this.#access.memory().failure;
    const kinds = ends ? KINDS.filter((kind) => kind === 'readiness') : KINDS;
    for (const { container } of allContainers(pod)) {
      const newest = newestContainer(observed, container.name, observed.sandbox?.id);
      if (newest?.state !== 'running') continue;
      for (const kind of kinds) {
        const due = this.#due(pod, container, newest, kind);
        if (due === undefined) continue;
        if (due > this.#ports.clock.now()) next = Math.min(next ?? due, due);
        else void this.#run(pod, container, newest, kind, observed.sandbox?.ips[0] ?? hostIP);
      }
    }
    return next;
  }

  #due(pod: Pod, container: Container, running: ObservedContainer, kind: ProbeKind): number | undefined {
    const spec = probeSpec(container, kind);
    if (!spec || this.#running.has(`${running.id} ${kind}`)) return undefined;
    const state =
      this.#state(container, running, kind) ??
      startProbe(kind, spec, Math.min(running.startedAt ?? 0, this.#ports.clock.now()), reportedOf(pod, running));
    this.#setState(container, running, kind, state);
    return probeDueAt(kind, state, isStarted(pod, container, running, this.#access.memory()));
  }

  #state(container: Container, running: ObservedContainer, kind: ProbeKind): ProbeState | undefined {
    const states = entryOf(this.#access.memory().probes, container.name);
    return states?.id === running.id ? states[kind] : undefined;
  }

  #setState(container: Container, running: ObservedContainer, kind: ProbeKind, state: ProbeState): void {
    const memory = this.#access.memory();
    const before = entryOf(memory.probes, container.name);
    const states = before?.id === running.id ? before : { id: running.id };
    this.#access.remember({ ...memory, probes: { ...memory.probes, [container.name]: { ...states, [kind]: state } } });
  }

  async #run(pod: Pod, container: Container, running: ObservedContainer, kind: ProbeKind, ip: string): Promise<void> {
    const spec = probeSpec(container, kind);
    if (!spec) return;
    const key = `${running.id} ${kind}`;
    this.#running.add(key);
    const id = running.id.replace(/^.*:\/\//, '');
    const outcome = await this.#handle(spec, { container, id, ip });
    this.#running.delete(key);
    const state = this.#state(container, running, kind);
    if (!state) return;
    if (!outcome.ok) {
      const event = outcome.broken
        ? podEvents.probeError(kind, outcome.output)
        : podEvents.unhealthy(kind, outcome.output);
      recordEvent(this.#ports, pod, event, container.name);
    }
    const verdict = recordProbe(kind, spec, state, resultOf(outcome), this.#ports.clock.now());
    this.#setState(container, running, kind, verdict.state);
    this.#access.wake();
  }

  /** A probe that cannot be run is tried again at once, as upstream does (`prober.go`, maxProbeRetries). */
  async #handle(spec: ProbeSpec, target: HandlerTarget): Promise<Outcome> {
    const { runtime, clock } = this.#ports;
    for (let tries = 1; ; tries++) {
      const outcome = await runHandler({ runtime, clock }, spec, target, probeTimeout(spec));
      if (!outcome.broken || tries >= TRIES) return outcome;
    }
  }
}

function resultOf({ ok, broken }: Outcome): ProbeOutcome {
  if (broken) return 'unknown';
  return ok ? 'success' : 'failure';
}
