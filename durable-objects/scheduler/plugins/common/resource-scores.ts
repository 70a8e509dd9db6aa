/** Scores of nodes by how much of them is requested (`noderesources/resource_allocation.go`). */
import type { Resources } from '../../../../kube/scheduling/requests.ts';
import type { NodeInfo } from '../../cache/node-info.ts';
import type { PodInfo } from '../../cache/projections.ts';
import type { ResourceSpec, ScoringStrategy, ShapePoint } from '../../framework/arguments.ts';
import { MAX_SCORE } from '../../framework/interface.ts';

/**
 * The resources of a node, with the pod and without it, one after another: those that the node has, and of extended ones
 * those that the pod asks for. One for each plugin, filled anew for each node, as there are many in a decision.
 */
export class Allocations {
  readonly #resources: readonly ResourceSpec[];
  readonly #nonZero: boolean;
  readonly weights: number[] = [];
  readonly requested: number[] = [];
  readonly allocated: number[] = [];
  readonly allocatable: number[] = [];
  count = 0;

  /** `nonZero`: with defaults for containers that request nothing. */
  constructor(resources: readonly ResourceSpec[], nonZero: boolean) {
    this.#resources = resources;
    this.#nonZero = nonZero;
  }

  of(info: PodInfo, { requested, nonZeroRequested, allocatable }: NodeInfo): this {
    this.count = 0;
    const asks = this.#nonZero ? info.nonZeroRequests : info.requests;
    const taken = this.#nonZero ? nonZeroRequested : requested;
    for (const { name, weight } of this.#resources) {
      // Without a look-up by name for the two that nearly every profile has.
      if (name === 'cpu') this.#add(weight, asks.cpu, taken.cpu, allocatable.cpu);
      else if (name === 'memory') this.#add(weight, asks.memory, taken.memory, allocatable.memory);
      else {
        const asked = amount(info.requests, name);
        const isStorage = name === 'ephemeral-storage';
        if (asked === 0 && !isStorage) continue;
        const used = isStorage ? requested.ephemeralStorage : (requested.scalar?.get(name) ?? 0);
        this.#add(weight, asked, used, amount(allocatable, name));
      }
    }
    return this;
  }

  #add(weight: number, asked: number, allocated: number, allocatable: number): void {
    if (allocatable === 0) return;
    const at = this.count++;
    this.weights[at] = weight;
    this.requested[at] = allocated + asked;
    this.allocated[at] = allocated;
    this.allocatable[at] = allocatable;
  }
}

export function amount({ cpu, memory, ephemeralStorage, scalar }: Resources, name: string): number {
  if (name === 'cpu') return cpu;
  if (name === 'memory') return memory;
  return name === 'ephemeral-storage' ? ephemeralStorage : (scalar?.[name] ?? 0);
}

export type Scorer = (all: Allocations) => number;

export function scorerOf({ type, requestedToCapacityRatio }: ScoringStrategy): Scorer {
  if (type === 'LeastAllocated') return weighed(free);
  return type === 'MostAllocated' ? weighed(used) : byRatio(requestedToCapacityRatio?.shape ?? []);
}

function weighed(scoreOf: (requested: number, allocatable: number) => number): Scorer {
  return ({ count, weights, requested, allocatable }) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const weight = weights[i] ?? 0;
      sum += scoreOf(requested[i] ?? 0, allocatable[i] ?? 0) * weight;
      total += weight;
    }
    return total === 0 ? 0 : Math.floor(sum / total);
  };
}

function free(requested: number, allocatable: number): number {
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * MAX_SCORE) / allocatable);
}

function used(requested: number, allocatable: number): number {
  return Math.floor((Math.min(requested, allocatable) * MAX_SCORE) / allocatable);
}

/** Scores of shapes go up to this. */
const MAX_SHAPE_SCORE = 10;

/** `buildRequestedToCapacityRatioScorerFunction`: a resource without a score has no weight. */
function byRatio(shape: readonly ShapePoint[]): Scorer {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * (MAX_SCORE / MAX_SHAPE_SCORE) }));
  return ({ count, weights, requested, allocatable }) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const [asked = 0, room = 0, weight = 0] = [requested[i], allocatable[i], weights[i]];
      const score = onLine(points, asked > room ? 100 : Math.floor((asked * 100) / room));
      if (score <= 0) continue;
      sum += score * weight;
      total += weight;
    }
    return total === 0 ? 0 : Math.round(sum / total);
  };
}

/** Between two points, on the line between them (`BuildBrokenLinearFunction`). */
function onLine(points: readonly ShapePoint[], at: number): number {
  for (const [i, { utilization, score }] of points.entries()) {
    if (at > utilization) continue;
    const before = points[i - 1];
    if (!before) return score;
    const part = ((score - before.score) * (at - before.utilization)) / (utilization - before.utilization);
    return before.score + Math.trunc(part);
  }
  return points.at(-1)?.score ?? 0;
}

/** The difference that the pod makes to how evenly the resources of a node are used, around 75. */
export function balanceScore({ count, requested, allocated, allocatable }: Allocations): number {
  const gain = balance(count, requested, allocatable) - balance(count, allocated, allocatable);
  // Each balance is at least half of the highest score, and so is this.
  return MAX_SCORE / 2 + Math.floor((MAX_SCORE / 2 + gain) / 2);
}

function balance(count: number, taken: readonly number[], allocatable: readonly number[]): number {
  const fraction = (i: number): number => Math.min(1, (taken[i] ?? 0) / (allocatable[i] ?? 0));
  if (count < 2) return MAX_SCORE;
  // Of two, the standard deviation is half their distance; it is not calculated otherwise, so that it is rounded alike.
  if (count === 2) return Math.floor((1 - Math.abs((fraction(0) - fraction(1)) / 2)) * MAX_SCORE);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += fraction(i);
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (fraction(i) - sum / count) ** 2;
  return Math.floor((1 - Math.sqrt(squares / count)) * MAX_SCORE);
}
