/**
 * An autoscaler's recommendations and rescales, as far as its windows reach back. Upstream's controller holds it
 * in memory and has a sample each quarter of a minute; here a recommendation stands until the next one, and the history
 * is kept beside the timer of the next run (a Plan's memo).
 */

/** A recommendation, and the last moment at which it stood, in milliseconds since the epoch. */
type Recommendation = readonly [replicas: number, until: number];
/** Replicas that came (positive) or went, and when. */
type Rescale = readonly [change: number, at: number];

export interface History {
  recommendations: readonly Recommendation[];
  rescales: readonly Rescale[];
  /** A rescale that was asked for from so many replicas: it counts once there are others. */
  attempt?: { from: number; rescale: Rescale };
  /** The metrics could not be had: the latest recommendation stands no more. */
  isBroken?: boolean;
  /** The last evaluation, in milliseconds since the epoch. */
  evaluated?: number;
}

export function readHistory(memo: string | undefined, now: number): History {
  if (memo === undefined) return { recommendations: [], rescales: [] };
  const { evaluated, recommendations, rescales, ...history } = JSON.parse(memo) as History;
  return {
    ...history,
    // A clock that was set back leaves moments that lie ahead.
    recommendations: recommendations.map(([replicas, until]) => [replicas, Math.min(until, now)]),
    rescales: rescales.map(([change, at]) => [change, Math.min(at, now)]),
    ...(evaluated !== undefined && evaluated <= now ? { evaluated } : {}),
  };
}

/** `window`, `period`: milliseconds that recommendations and rescales are needed for. */
export function printHistory(history: History, now: number, window: number, period: number): string {
  return JSON.stringify({
    ...history,
    recommendations: history.recommendations.filter(([, until]) => until > now - window),
    rescales: history.rescales.filter(([, at]) => at > now - period),
  });
}

/** The latest recommendation has stood up to now; without any, the replicas that there are count as one. */
export function standing({ attempt, ...history }: History, replicas: number, now: number): History {
  const rescales = attempt && attempt.from !== replicas ? [...history.rescales, attempt.rescale] : history.rescales;
  if (history.isBroken) return { ...history, rescales };
  const latest = history.recommendations.at(-1)?.[0] ?? replicas;
  return { ...history, rescales, recommendations: [...history.recommendations.slice(0, -1), [latest, now]] };
}

/** The history once recommendations have ended, until the next one. */
export function broken(history: History): History {
  return history.recommendations.length > 0 ? { ...history, isBroken: true } : history;
}

/** This one stands from now on. */
export function recommended({ isBroken, ...history }: History, replicas: number, now: number): History {
  const { recommendations } = history;
  if (!isBroken && recommendations.at(-1)?.[0] === replicas) return history;
  return { ...history, recommendations: [...recommendations, [replicas, now]] };
}

export function attempted(history: History, from: number, to: number, now: number): History {
  return { ...history, attempt: { from, rescale: [to - from, now] } };
}

/** Replicas by which it grew (`direction` 1) or shrank (-1) within the last milliseconds. */
export function changeWithin(history: History, direction: 1 | -1, period: number, now: number): number {
  let total = 0;
  for (const [change, at] of history.rescales)
    if (at > now - period && change * direction > 0) total += change * direction;
  return total;
}

/** The recommendations that stood within the last milliseconds. */
export function within(history: History, window: number, now: number): number[] {
  return history.recommendations.filter(([, until]) => until > now - window).map(([replicas]) => replicas);
}

/** The next moment at which one of them, or a rescale, is too old to count; undefined where there is none. */
export function nextExpiry(history: History, window: number, period: number, now: number): number | undefined {
  const ends = [
    ...history.recommendations.map(([, until]) => until + window),
    ...history.rescales.map(([, at]) => at + period),
  ].filter((end) => end > now);
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

/** When the last rescale is too old to count; undefined where none does now. */
export function rescalesEnd({ rescales }: History, period: number, now: number): number | undefined {
  const last = Math.max(...rescales.map(([, at]) => at + period));
  return last > now ? last : undefined;
}
