/** A recommendation within the bounds, windows and rates of its autoscaler (`horizontal.go`, normalizeDesiredReplicas…). */
import { parseQuantity } from '../../../kube/machinery/quantity.ts';
import type { HorizontalPodAutoscaler } from '../../../kube/types.ts';
import type { Tolerances } from './calculator.ts';
import { changeWithin, type History, within } from './history.ts';

export type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

const SECOND = 1000;
/** `--horizontal-pod-autoscaler-downscale-stabilization` */
const DOWNSCALE_WINDOW_SECONDS = 300;
/** `--horizontal-pod-autoscaler-tolerance` */
const TOLERANCE = 0.1;
const MAX_INT32 = 2 ** 31 - 1;
/** Without a behaviour it at most doubles at a time, or grows to four. */
const FACTOR = 2;
const FEW = 4;

interface Verdict {
  reason: string;
  message: string;
}

export interface Limited {
  replicas: number;
  /** AbleToScale's. */
  able: Verdict;
  /** ScalingLimited's. */
  limited: Verdict & { status: 'True' | 'False' };
  /** Whether time alone may lead to another result. */
  isPassing: boolean;
}

interface Bounds {
  current: number;
  /** The replicas that the metrics ask for. */
  wanted: number;
  min: number;
  max: number;
  history: History;
  now: number;
}

const READY: Verdict = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const SCALE_DOWN_STABILIZED: Verdict = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const SCALE_UP_STABILIZED: Verdict = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const IN_RANGE: Verdict = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
};
const TOO_FEW: Verdict = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const TOO_MANY: Verdict = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const SCALE_UP_LIMIT: Verdict = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const SCALE_DOWN_LIMIT: Verdict = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** Milliseconds for which recommendations matter. */
export function windowOf({ behavior }: Spec): number {
  return Math.max(downWindow(behavior), (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * SECOND);
}

/** Milliseconds for which rescales matter. */
export function periodOf({ behavior }: Spec): number {
  const policies = [...(behavior?.scaleUp?.policies ?? []), ...(behavior?.scaleDown?.policies ?? [])];
  return Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds * SECOND));
}

export function limit({ behavior }: Spec, bounds: Bounds): Limited {
  return behavior ? byBehavior(behavior, bounds) : byDefault(bounds);
}

function byDefault({ current, wanted, min, max, history, now }: Bounds): Limited {
  const stable = Math.max(wanted, ...within(history, DOWNSCALE_WINDOW_SECONDS * SECOND, now));
  const most = Math.max(FACTOR * current, FEW);
  const able = stable === wanted ? READY : SCALE_DOWN_STABILIZED;
  const done = (replicas: number, verdict: Verdict): Limited => ({
    replicas,
    able,
    limited: { ...verdict, status: replicas === stable ? 'False' : 'True' },
    isPassing: stable !== wanted || verdict === SCALE_UP_LIMIT,
  });
  if (stable < min) return done(min, TOO_FEW);
  if (max > most && stable > most) return done(most, SCALE_UP_LIMIT);
  return stable > max ? done(max, TOO_MANY) : done(stable, IN_RANGE);
}

function byBehavior(behavior: NonNullable<Spec['behavior']>, bounds: Bounds): Limited {
  const { current, wanted, history, now } = bounds;
  const upWindow = (behavior.scaleUp?.stabilizationWindowSeconds ?? 0) * SECOND;
  const up = Math.min(wanted, ...within(history, upWindow, now));
  const down = Math.max(wanted, ...within(history, downWindow(behavior), now));
  const stable = Math.min(Math.max(current, up), down);
  const stabilized = wanted >= current ? SCALE_UP_STABILIZED : SCALE_DOWN_STABILIZED;
  const { replicas, verdict } = byRate(behavior, { ...bounds, wanted: stable });
  return {
    replicas,
    able: stable === wanted ? READY : stabilized,
    limited: { ...verdict, status: replicas === stable ? 'False' : 'True' },
    isPassing: stable !== wanted || verdict === SCALE_UP_LIMIT || verdict === SCALE_DOWN_LIMIT,
  };
}

function byRate(
  { scaleUp, scaleDown }: NonNullable<Spec['behavior']>,
  bounds: Bounds,
): { replicas: number; verdict: Verdict } {
  const { current, wanted, min, max } = bounds;
  if (wanted > current) {
    const rate = Math.max(current, rateOf(scaleUp, 1, bounds));
    const most = Math.min(max, rate);
    if (wanted > most) return { replicas: most, verdict: max > rate ? SCALE_UP_LIMIT : TOO_MANY };
  } else if (wanted < current) {
    const rate = Math.min(current, rateOf(scaleDown, -1, bounds));
    const least = Math.max(min, rate);
    if (wanted < least) return { replicas: least, verdict: min < rate ? SCALE_DOWN_LIMIT : TOO_FEW };
  }
  return { replicas: wanted, verdict: IN_RANGE };
}

/** The replicas that policies allow at most, or at least (`direction` -1). */
function rateOf(rules: Rules | undefined, direction: 1 | -1, { current, history, now }: Bounds): number {
  if (!rules || rules.selectPolicy === 'Disabled') return current;
  const proposals = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const period = periodSeconds * SECOND;
    const start = current - changeWithin(history, 1, period, now) + changeWithin(history, -1, period, now);
    if (type === 'Pods') return start + direction * value;
    const changed = start * (1 + (direction * value) / 100);
    return direction > 0 ? Math.ceil(changed) : Math.trunc(changed);
  });
  // The larger change, unless the smaller one is asked for.
  const takesHighest = (rules.selectPolicy === 'Min') !== direction > 0;
  return takesHighest ? Math.max(-MAX_INT32, ...proposals) : Math.min(MAX_INT32, ...proposals);
}

function downWindow(behavior: Spec['behavior']): number {
  return (behavior?.scaleDown?.stabilizationWindowSeconds ?? DOWNSCALE_WINDOW_SECONDS) * SECOND;
}

export function tolerancesOf({ behavior }: Spec): Tolerances {
  const of = (text: string | undefined): number => (text === undefined ? TOLERANCE : sharesOf(text));
  return { scaleDown: of(behavior?.scaleDown?.tolerance), scaleUp: of(behavior?.scaleUp?.tolerance) };
}

function sharesOf(quantity: string): number {
  return Number(parseQuantity(quantity)?.nano ?? 0n) / 1e9;
}
