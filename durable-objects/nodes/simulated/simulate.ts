/** One pod, moved on as far as it gets at this moment: pure. All changes end up in one status, so in one write. */

import { rfc3339 } from '../../../kube/machinery/time.ts';
import {
  about,
  containerOf,
  decide,
  named,
  type Observed,
  type ObservedContainer,
  type PodAction,
  type PodEvent,
  type PodFailure,
  type PodMemory,
  podEvents,
  podStatus,
  rememberWaiting,
  sameStatus,
} from '../../../kube/pod-lifecycle/index.ts';
import type { Pod, PodStatus } from '../../../kube/types.ts';
import { type Probing, probing } from './probing.ts';
import { recover, SANDBOX } from './recover.ts';
import { withoutFuture } from './set-back.ts';
import { startOf } from './starting.ts';
import { type Steering, steeringOf } from './steering.ts';

export interface SimulationInput {
  pod: Pod;
  hostIP: string;
  /** Gives the pod's address; undefined: the node has none left. */
  address(): string | undefined;
  /** The memory from before, where this object still has it; else it is read out of the status. */
  memory?: PodMemory;
  /** The pod has failed as a whole. */
  failure?: PodFailure;
  now: number;
  uuid(): string;
}

export interface Simulated {
  /** To be written; undefined when nothing has changed. */
  status?: PodStatus;
  events: PodEvent[];
  /** The pod is over: it is to be deleted from the API. */
  finished: boolean;
  memory: PodMemory;
  /** Look again then. */
  wakeAt?: number;
}

/** A pod with more init containers than that goes on at its next look, and so no turn is long. */
const MAX_ROUNDS = 200;
/** Until then, in milliseconds. */
const NEXT_ROUNDS = 1000;
/** How long a pod for which its node has no address waits before it is tried again, in milliseconds. */
const RETRY = 30_000;
/** As a process that SIGTERM ends. */
const TERMINATED = 143;

export function simulate(input: SimulationInput): Simulated {
  const simulation = new PodSimulation(input);
  let wakeAt: number | undefined;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    simulation.passTime();
    const decision = decide({
      pod: simulation.pod,
      observed: simulation.observed,
      memory: simulation.memory,
      now: input.now,
    });
    simulation.memory = decision.memory;
    wakeAt = decision.wakeAt;
    for (const action of decision.actions) simulation.perform(action);
    if (simulation.finished || simulation.stalled) break;
    if (!decision.actions.some((action) => action.do !== 'event')) {
      // The status alone shows whether the pod has ended by itself.
      if (!simulation.report()) break;
    }
    if (round === MAX_ROUNDS - 1) simulation.goesOn();
  }
  return simulation.result(wakeAt);
}

class PodSimulation {
  pod: Pod;
  memory: PodMemory;
  finished = false;
  /** The node cannot give what the pod needs now. */
  stalled = false;
  readonly #input: SimulationInput;
  readonly #stored: PodStatus | undefined;
  readonly #events: PodEvent[] = [];
  readonly #steerings = new Map<string, Steering>();
  /** The times at which containers that cannot start yet are looked at again. */
  readonly #tries: number[] = [];
  #observed: Observed;
  #reported: PodStatus | undefined;

  constructor(input: SimulationInput) {
    this.pod = withoutFuture(input.pod, input.now);
    const { observed, memory } = recover(this.pod);
    this.#input = { ...input, pod: this.pod };
    this.#stored = input.pod.status;
    this.#observed = observed;
    this.memory = { ...(input.memory ?? memory), ...(input.failure ? { failure: input.failure } : {}) };
    for (const container of observed.containers) if (container.state === 'running') this.#probe(container);
  }

  get observed(): Observed {
    return this.#observed;
  }

  /** Containers whose time is over end. */
  passTime(): void {
    for (const container of this.#observed.containers) {
      if (container.state !== 'running') continue;
      const ends = this.#endsAt(container);
      if (ends !== undefined && ends <= this.#input.now) this.#end(container, this.#exitCode(container), ends);
    }
  }

  perform(action: PodAction): void {
    switch (action.do) {
      case 'create-sandbox':
        this.#createSandbox(action.attempt);
        return;
      case 'start-container':
        this.#start(action.container, action.attempt);
        return;
      case 'kill-container': {
        this.#events.push(about(this.pod, action.container, podEvents.killing(action.container, action.message)));
        // Another client may have given several containers one id.
        const killed = this.#observed.containers.filter(
          ({ id, name, state }) => id === action.id && name === action.container && state === 'running',
        );
        for (const container of killed) this.#end(container, this.#killedCode(), this.#input.now);
        return;
      }
      case 'stop-sandbox':
        if (this.#observed.sandbox) {
          this.#observed = { ...this.#observed, sandbox: { ...this.#observed.sandbox, ready: false } };
        }
        return;
      case 'event':
        this.#events.push(action.event);
        return;
      case 'finish':
        this.finished = true;
    }
  }

  /** Takes the status as it is now for the pod's; true when that changed its phase or start, on which rules depend. */
  report(): boolean {
    const status = podStatus({
      pod: this.pod,
      observed: this.#observed,
      memory: this.memory,
      hostIPs: [this.#input.hostIP],
      now: this.#input.now,
    });
    const before = this.pod.status;
    this.#reported = status;
    this.pod = { ...this.pod, status };
    return status.phase !== before?.phase || status.startTime !== before?.startTime;
  }

  result(wakeAt: number | undefined): Simulated {
    this.report();
    const status = this.#reported;
    const running = this.#observed.containers.filter(({ state }) => state === 'running');
    const changes = running.flatMap((c) => [this.#endsAt(c) ?? [], this.#probing(c)?.next ?? []].flat());
    changes.push(...this.#tries);
    if (this.stalled) changes.push(this.#input.now + RETRY);
    const next = Math.min(wakeAt ?? Number.POSITIVE_INFINITY, ...changes);
    return {
      events: this.#events,
      finished: this.finished,
      memory: this.memory,
      ...(status && !sameStatus(this.#stored, status) ? { status } : {}),
      ...(next === Number.POSITIVE_INFINITY ? {} : { wakeAt: next }),
    };
  }

  /** There is more to do than was done in this look. */
  goesOn(): void {
    this.#tries.push(this.#input.now + NEXT_ROUNDS);
  }

  #createSandbox(attempt: number): void {
    const own = this.pod.spec?.hostNetwork ? [] : [this.#input.address()];
    const [address] = own;
    if (own.length > 0 && address === undefined) {
      this.#events.push(podEvents.failedCreateSandbox('no pod addresses left on this node'));
      this.stalled = true;
      return;
    }
    const ips = address === undefined ? [] : [address];
    this.#observed = { ...this.#observed, sandbox: { id: SANDBOX, ready: true, ips, attempt } };
  }

  /** The image of the container is there; else the container is not started for now. */
  #pull(name: string): boolean {
    const container = containerOf(this.pod, name);
    if (!container) return true;
    const isEphemeral = !this.#isApp(name) && !this.pod.spec?.initContainers?.includes(container);
    const { held, events } = isEphemeral
      ? { held: undefined, events: [podEvents.alreadyPresent(container.image ?? '')] }
      : startOf(this.#input.pod, container, this.#steering(name), this.#input.now);
    this.#events.push(...events.map((event) => about(this.pod, name, event)));
    if (!held) return true;
    if (held.next !== undefined) this.#tries.push(held.next);
    if (held.waiting) this.memory = rememberWaiting(this.memory, name, held.waiting.reason, held.waiting.message);
    this.#observed = { ...this.#observed, starting: new Set([...(this.#observed.starting ?? []), name]) };
    return false;
  }

  #start(name: string, attempt: number): void {
    if (!this.#pull(name)) return;
    const image = containerOf(this.pod, name)?.image ?? '';
    const { now, uuid } = this.#input;
    // Statuses show whole seconds, and the times are read back from there.
    const at = Date.parse(rfc3339(now));
    const container: ObservedContainer = {
      name,
      id: `simulated://${uuid().replaceAll('-', '')}${uuid().replaceAll('-', '')}`,
      sandbox: SANDBOX,
      state: 'running',
      attempt,
      image,
      imageID: '',
      createdAt: at,
      startedAt: at,
    };
    this.#observed = { ...this.#observed, containers: [...this.#observed.containers, container] };
    for (const event of [podEvents.created(), podEvents.started()]) {
      this.#events.push(about(this.pod, name, event));
    }
    this.#probe(container);
    // Init containers have nothing to do, unless they are told to take their time.
    if (this.#isInit(name) && !this.#steering(name).exitAfter) this.#end(container, this.#exitCode(container), now);
  }

  #steering(container: string): Steering {
    const known = this.#steerings.get(container) ?? steeringOf(this.#input.pod, container);
    this.#steerings.set(container, known);
    return known;
  }

  #isInit(name: string): boolean {
    const container = named(this.pod.spec?.initContainers, name);
    return container !== undefined && container.restartPolicy !== 'Always';
  }

  #isApp(name: string): boolean {
    return named(this.pod.spec?.containers, name) !== undefined;
  }

  #endsAt(container: ObservedContainer): number | undefined {
    const { exitAfter = this.#isInit(container.name) ? 0 : undefined } = this.#steering(container.name);
    return exitAfter === undefined ? undefined : (container.startedAt ?? 0) + exitAfter;
  }

  /** A server whose pod is deleted ends well, as nginx does; a job that is ended has not done its work. */
  #killedCode(): number {
    const { metadata, spec } = this.pod;
    return metadata.deletionTimestamp && (spec?.restartPolicy ?? 'Always') === 'Always' ? 0 : TERMINATED;
  }

  #exitCode(container: ObservedContainer): number {
    return this.#steering(container.name).exitCode;
  }

  #end(container: ObservedContainer, exitCode: number, at: number): void {
    const others = this.#observed.containers.filter((other) => other !== container);
    const ended: ObservedContainer = { ...container, state: 'exited', exitCode, finishedAt: at };
    this.#observed = { ...this.#observed, containers: [...others, ended] };
  }

  #probing({ name, startedAt, createdAt }: ObservedContainer): Probing | undefined {
    const container = containerOf(this.pod, name);
    return container && probing(container, startedAt ?? createdAt, this.#steering(name), this.#input.now);
  }

  #probe(running: ObservedContainer): void {
    const found = this.#probing(running);
    if (!found) return;
    const { name, id } = running;
    this.memory = { ...this.memory, probes: { ...this.memory.probes, [name]: { id, ...found.states } } };
  }
}
