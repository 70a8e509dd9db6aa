/** Runs a pod's probes when they are due; what they mean is decided in `kube/pod-lifecycle`. */
import {
  about,
  allContainers,
  isStarted,
  newestContainer,
  type Observed,
  type ObservedContainer,
  type PodEvent,
  type PodMemory,
  type ProbeKind,
  type ProbeState,
  podEvents,
  probeDueAt,
  probeSpec,
  probeTimeout,
  recordProbe,
  startProbe,
} from '../../kube/pod-lifecycle/index.ts';
import type { Container, Pod } from '../../kube/types.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { runHandler } from './handlers.ts';

const KINDS: readonly ProbeKind[] = ['startup', 'liveness', 'readiness'];

export interface ProberPorts {
  runtime: Runtime;
  now(): number;
  event(pod: Pod, event: PodEvent): void;
  /** The pod's memory as it is now, and a way to change it. */
  memory(): PodMemory;
  remember(memory: PodMemory): void;
  /** A probe's result changed, so the pod must be looked at. */
  wake(): void;
}

export class Prober {
  readonly #ports: ProberPorts;
  readonly #running = new Set<string>();

  constructor(ports: ProberPorts) {
    this.#ports = ports;
  }

  /** Starts what is due. Returns when the next one will be; undefined when none waits for time. */
  tick(pod: Pod, observed: Observed, hostIP: string): number | undefined {
    let next: number | undefined;
    if (pod.metadata.deletionTimestamp) return undefined;
    for (const { container } of allContainers(pod)) {
      const newest = newestContainer(observed, container.name, observed.sandbox?.id);
      if (newest?.state !== 'running') continue;
      for (const kind of KINDS) {
        const due = this.#due(pod, container, newest, kind);
        if (due === undefined) continue;
        if (due > this.#ports.now()) next = Math.min(next ?? due, due);
        else void this.#run(pod, container, newest, kind, observed.sandbox?.ips[0] ?? hostIP);
      }
    }
    return next;
  }

  #due(pod: Pod, container: Container, running: ObservedContainer, kind: ProbeKind): number | undefined {
    const spec = probeSpec(container, kind);
    if (!spec || this.#running.has(`${running.id} ${kind}`)) return undefined;
    const state = this.#state(container, running, kind) ?? startProbe(kind, spec, running.startedAt ?? 0);
    this.#setState(container, running, kind, state);
    return probeDueAt(kind, state, isStarted(pod, container, running, this.#ports.memory()));
  }

  #state(container: Container, running: ObservedContainer, kind: ProbeKind): ProbeState | undefined {
    const states = this.#ports.memory().probes[container.name];
    return states?.id === running.id ? states[kind] : undefined;
  }

  #setState(container: Container, running: ObservedContainer, kind: ProbeKind, state: ProbeState): void {
    const memory = this.#ports.memory();
    const before = memory.probes[container.name];
    const states = before?.id === running.id ? before : { id: running.id };
    this.#ports.remember({ ...memory, probes: { ...memory.probes, [container.name]: { ...states, [kind]: state } } });
  }

  async #run(pod: Pod, container: Container, running: ObservedContainer, kind: ProbeKind, ip: string): Promise<void> {
    const spec = probeSpec(container, kind);
    if (!spec) return;
    const key = `${running.id} ${kind}`;
    this.#running.add(key);
    const id = running.id.replace(/^.*:\/\//, '');
    const outcome = await runHandler(this.#ports.runtime, spec, { container, id, ip }, probeTimeout(spec));
    this.#running.delete(key);
    const state = this.#state(container, running, kind);
    if (!state) return;
    if (!outcome.ok) {
      const event = outcome.broken
        ? podEvents.probeError(kind, outcome.output)
        : podEvents.unhealthy(kind, outcome.output);
      this.#ports.event(pod, about(pod, container.name, event));
    }
    const verdict = recordProbe(kind, spec, state, outcome.ok ? 'success' : 'failure', this.#ports.now());
    this.#setState(container, running, kind, verdict.state);
    this.#ports.wake();
  }
}
