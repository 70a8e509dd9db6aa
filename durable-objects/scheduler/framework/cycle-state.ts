import type { Pod } from '../../../kube/types.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { Consultation } from '../extenders/consultation.ts';
import type { Plugin } from './interface.ts';
import type { NodeAnswers } from './node-answers.ts';

/** A plugin's data in the state. Data without a method `clone` is never changed, and shared by all clones. */
type StateData = object;

function clone(data: StateData): StateData {
  return 'clone' in data && typeof data.clone === 'function' ? data.clone() : data;
}

export interface Surroundings {
  /** Milliseconds since the epoch. */
  now: number;
  random: { next(): number };
  /** Answers of the extenders; left out where there are none. */
  consultation?: Consultation;
  /** Tells of work beside that of looking at each node once, in as many nodes. */
  spend?(nodes: number): void;
}

const NONE: Surroundings = { now: 0, random: { next: () => 0 } };

/** The state of one scheduling cycle (`framework/cycle_state.go`): each plugin keeps its own under a key of its own. */
export class CycleState {
  readonly pod: Pod;
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly surroundings: Surroundings;
  /** Plugins whose Filter is called: those that did not skip this pod. */
  filters: readonly Plugin[] = [];
  /** Likewise those whose addPod and removePod are. */
  preFiltered: readonly Plugin[] = [];
  /** Answers about the nodes of the snapshot, for pods like this one; a trial, whose nodes are none of them, has none. */
  answers: NodeAnswers | undefined;
  /** The filters whose answers are among them, and the others. */
  remembered: readonly Plugin[] = [];
  others: readonly Plugin[] = [];
  /** A plugin has let the pod wait, and wrote what was to be written for it. */
  hasWaited = false;
  #data = new Map<string, StateData>();

  constructor(pod: Pod, info: PodInfo, snapshot: Snapshot, surroundings: Surroundings = NONE) {
    this.surroundings = surroundings;
    this.pod = pod;
    this.info = info;
    this.snapshot = snapshot;
  }

  get<T extends StateData>(key: string): T | undefined {
    return this.#data.get(key) as T | undefined;
  }

  set(key: string, value: StateData): void {
    this.#data.set(key, value);
  }

  /** Makes a clone for a trial: changes of the clone leave this state as it is. */
  clone(): CycleState {
    const copy = new CycleState(this.pod, this.info, this.snapshot, this.surroundings);
    copy.filters = this.filters;
    copy.preFiltered = this.preFiltered;
    copy.hasWaited = this.hasWaited;
    for (const [key, value] of this.#data) copy.#data.set(key, clone(value));
    return copy;
  }
}
