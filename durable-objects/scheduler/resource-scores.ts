/** Scores of nodes by how much of them is requested (`noderesources/resource_allocation.go`). */
import type { Resources } from '../../kube/scheduling/requests.ts';
import type { ResourceSpec, ScoringStrategy, ShapePoint } from './arguments.ts';
import { MAX_SCORE } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './projections.ts';

/** A resource of a node, with the pod and without it. */
export interface Allocation {
  weight: number;
  requested: number;
  allocated: number;
  allocatable: number;
}

/** Of the resources that the node has; of extended ones, only those that the pod asks for. */
export function allocations(
  resources: readonly ResourceSpec[],
  info: PodInfo,
  node: NodeInfo,
  nonZero: boolean,
): Allocation[] {
  const found: Allocation[] = [];
  for (const { name, weight } of resources) {
    const asked =
      nonZero && (name === 'cpu' || name === 'memory') ? info.nonZeroRequests[name] : amount(info.requests, name);
    if (asked === 0 && !OWN.has(name)) continue;
    const allocatable = amount(node.allocatable, name);
    if (allocatable === 0) continue;
    const allocated = allocatedOn(node, name, nonZero);
    found.push({ weight, requested: allocated + asked, allocated, allocatable });
  }
  return found;
}

const OWN: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

export function amount({ cpu, memory, ephemeralStorage, scalar }: Resources, name: string): number {
  if (name === 'cpu') return cpu;
  if (name === 'memory') return memory;
  return name === 'ephemeral-storage' ? ephemeralStorage : (scalar?.[name] ?? 0);
}

function allocatedOn({ requested, nonZeroRequested }: NodeInfo, name: string, nonZero: boolean): number {
  if (name === 'cpu' || name === 'memory') return nonZero ? nonZeroRequested[name] : requested[name];
  return name === 'ephemeral-storage' ? requested.ephemeralStorage : (requested.scalar?.get(name) ?? 0);
}

export type Scorer = (allocations: readonly Allocation[]) => number;

export function scorerOf({ type, requestedToCapacityRatio }: ScoringStrategy): Scorer {
  if (type === 'LeastAllocated') return weighed(free);
  return type === 'MostAllocated' ? weighed(used) : byRatio(requestedToCapacityRatio?.shape ?? []);
}

function weighed(scoreOf: (one: Allocation) => number): Scorer {
  return (all) => {
    let sum = 0;
    let weights = 0;
    for (const one of all) {
      sum += scoreOf(one) * one.weight;
      weights += one.weight;
    }
    return weights === 0 ? 0 : Math.floor(sum / weights);
  };
}

function free({ requested, allocatable }: Allocation): number {
  return requested > allocatable ? 0 : Math.floor(((allocatable - requested) * MAX_SCORE) / allocatable);
}

function used({ requested, allocatable }: Allocation): number {
  return Math.floor((Math.min(requested, allocatable) * MAX_SCORE) / allocatable);
}

/** Scores of shapes go up to this. */
const MAX_SHAPE_SCORE = 10;

/** `buildRequestedToCapacityRatioScorerFunction`: a resource without a score has no weight. */
function byRatio(shape: readonly ShapePoint[]): Scorer {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * (MAX_SCORE / MAX_SHAPE_SCORE) }));
  return (all) => {
    let sum = 0;
    let weights = 0;
    for (const { requested, allocatable, weight } of all) {
      const utilization = requested > allocatable ? 100 : Math.floor((requested * 100) / allocatable);
      const score = onLine(points, utilization);
      if (score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
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
export function balanceScore(all: readonly Allocation[]): number {
  const gain = balance(all, 'requested') - balance(all, 'allocated');
  // Each balance is at least half of the highest score, and so is this.
  return MAX_SCORE / 2 + Math.floor((MAX_SCORE / 2 + gain) / 2);
}

function balance(all: readonly Allocation[], which: 'requested' | 'allocated'): number {
  const fractions = all.map((one) => Math.min(1, one[which] / one.allocatable));
  return Math.floor((1 - deviation(fractions)) * MAX_SCORE);
}

/** The standard deviation. */
function deviation(values: readonly number[]): number {
  const [a = 0, b = 0] = values;
  if (values.length < 2) return 0;
  if (values.length === 2) return Math.abs((a - b) / 2);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}
