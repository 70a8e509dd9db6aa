/**
 * The runner of simulated nodes: follows the log, moves each pod on as far as it gets, and writes one status for it.
 * Its knowledge is rebuilt from nodes and pods after a wake; nothing beats or polls.
 */
import { keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Node } from '../../../kube/types.ts';
import { isSimulatedText } from '../../../wire/nodes.ts';
import type { Change, Random, RequestPort } from '../../controllers/runtime/ports.ts';
import type { Pending } from '../../follow/cursor.ts';
import { Follower, type FollowerHandler, type FollowerPorts, type ObservedState } from '../../follow/follower.ts';
import { Fleet, SIMULATED_NODES } from './fleet.ts';
import { pressedSince } from './node-status.ts';
import { ON_SIMULATED, Pods } from './pods.ts';
import { SIMULATED_KUBELET } from './reports.ts';

/** `notes` remember that all is as it should be. */
export interface SimulatedNodesPorts extends FollowerPorts {
  request: RequestPort['request'];
  random: Random;
  /** The number of nodes, from sim-0 on, that are to be made if they are not there. */
  nodes(): number;
  /** They were made: nodes that are deleted from now on are gone for good. */
  made(): void;
}

export interface SimulatedNodes {
  /** Starts to follow the log. Once per life of the object. Nodes and pods are read, in slices, once there is work. */
  wake(): void;
  /** The timer {@link SIMULATED_TIMER} has come due. */
  alarm(): void;
  /** There are nodes to be made. */
  make(): void;
  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void>;
}

/** The one timer: the earliest thing that happens by itself to a simulated pod. */
export const SIMULATED_TIMER = 'simulated/due';

const SLICE = 20;
const MAX_REQUESTS = 400;
/** The delay after a node could not be made or written, and the longest, in milliseconds. */
const FLEET_RETRY = 60_000;
const MAX_FLEET_RETRY = 15 * 60_000;

export function createSimulatedNodes(ports: SimulatedNodesPorts): SimulatedNodes {
  return new SimulatedKubelets(ports);
}

class SimulatedKubelets implements SimulatedNodes, FollowerHandler {
  readonly note = 'simulated-nodes/state';
  readonly timer = SIMULATED_TIMER;
  readonly prefixes = [keyPrefix('nodes'), keyPrefix('pods')];
  readonly #fleet: Fleet;
  readonly #pods: Pods;
  readonly #follower: Follower;
  #correct = true;
  #fleetRetry = 0;
  #fleetDelay = FLEET_RETRY;

  constructor(ports: SimulatedNodesPorts) {
    this.#fleet = new Fleet(ports);
    this.#pods = new Pods(ports, this.#fleet);
    this.#follower = new Follower(ports, this);
  }

  wake(): void {
    this.#follower.wake();
  }

  alarm(): void {
    this.#follower.alarm();
  }

  make(): void {
    this.#correct = true;
    this.#follower.begin();
  }

  idle(): Promise<void> {
    return this.#follower.idle();
  }

  /** Changes of nodes, and of pods on simulated nodes that others made. */
  concerns({ key, text, change, cause }: Change): 'work' | 'knowledge' | undefined {
    if (key.startsWith('nodes/')) {
      if (change !== 'update') return 'work';
      // The heartbeats of real nodes are no work.
      const own = cause.kind === 'controller' && cause.name === SIMULATED_NODES;
      return isSimulatedText(text) && !own ? 'work' : 'knowledge';
    }
    if (!key.startsWith('pods/') || !text.includes(ON_SIMULATED)) return undefined;
    const own = change !== 'delete' && cause.kind === 'controller' && cause.name === SIMULATED_KUBELET;
    return own ? undefined : 'work';
  }

  scanned(item: ObservedState): void {
    if (item.key.startsWith('nodes/')) {
      this.#fleet.take(item);
      this.#pressed(item);
    } else if (item.text.includes(ON_SIMULATED)) this.#pods.scanned(item.key, item.text);
  }

  changed(items: readonly ObservedState[]): void {
    for (const item of items) {
      if (item.key.startsWith('nodes/')) this.#nodeChanged(item);
      else this.#pods.changed(item);
    }
  }

  work(now: number): void {
    this.#release(now);
    if (this.#correct) this.#correctFleet(now);
    let count = 0;
    for (const key of this.#pods.queue.now) {
      if (count++ >= SLICE || this.#follower.requests >= MAX_REQUESTS) break;
      const work = this.#pods.look(key, now);
      if (work) this.#follower.track(work);
    }
  }

  ready(): boolean {
    return this.#correct || (this.#pods.queue.now.size > 0 && this.#follower.requests < MAX_REQUESTS);
  }

  /** A node that gets its range from the node-ipam-controller, maybe in a later life, takes up its pods then. */
  left(): Pending | undefined {
    if (this.#pods.queue.now.size > 0) return 'work';
    return this.#fleet.isIncomplete ? 'changes' : undefined;
  }

  nextDue(): number | undefined {
    const next = Math.min(this.#fleetRetry || Number.POSITIVE_INFINITY, this.#pods.queue.next, this.#pods.nextEviction);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #pressed({ key, gone, object }: ObservedState): void {
    if (!gone) this.#pods.pressed(parseKey(key).name, pressedSince(object() as unknown as Node));
  }

  #nodeChanged(item: ObservedState): void {
    const { name } = parseKey(item.key);
    const before = this.#fleet.member(name);
    this.#fleet.take(item);
    this.#pressed(item);
    this.#correct = true;
    // A node that is there again takes up its pods; addresses that are held must be known before any is given.
    if (!before && this.#fleet.member(name)) this.#follower.rescan([keyPrefix('pods')]);
  }

  /** Looks at pods that have come due. */
  #release(now: number): void {
    if (this.#fleetRetry > 0 && this.#fleetRetry <= now) {
      this.#fleetRetry = 0;
      this.#correct = true;
    }
    this.#pods.queue.release(now);
    this.#pods.evict(now);
  }

  #correctFleet(now: number): void {
    this.#correct = false;
    const work = this.#fleet.correct();
    if (work.length === 0) return;
    const done = Promise.all(work.map((one) => one.catch(() => false)));
    this.#follower.track(
      done.then((results) =>
        this.#corrected(
          results.every((ok) => ok),
          now,
        ),
      ),
    );
  }

  /** A failure is tried again, each time later. */
  #corrected(ok: boolean, now: number): void {
    if (this.#fleet.takeAgain()) this.#correct = true;
    if (ok) this.#fleetDelay = FLEET_RETRY;
    else {
      this.#fleetRetry = now + this.#fleetDelay;
      this.#fleetDelay = Math.min(MAX_FLEET_RETRY, this.#fleetDelay * 2);
    }
  }
}
