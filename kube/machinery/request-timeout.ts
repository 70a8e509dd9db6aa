/**
 * How long a request may take, and the `timeout` of its query, a Go duration (apiserver
 * `pkg/endpoints/filters/request_deadline.go`).
 */
import { parseDuration } from './go-duration.ts';
import { failure, type Status } from './status.ts';

/** Upstream's `--request-timeout`. Milliseconds. */
export const REQUEST_TIMEOUT_MS = 60_000;

/** apiserver `pkg/server/filters/timeout.go` */
export const TIMED_OUT: Status = {
  ...failure('Timeout', 'Timeout: request did not complete within the allotted timeout'),
  details: {},
};

/**
 * The result of the work, or undefined where it takes longer than a request may: a client sends its body as slowly as
 * it likes, and what it holds meanwhile others lack. `after` calls back once, unless what it returns is called before.
 */
export async function withinTimeout<T>(
  work: Promise<T>,
  after: (milliseconds: number, run: () => void) => () => void,
): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = after(REQUEST_TIMEOUT_MS, () => resolve(undefined));
  // A late failure has no reader.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

/** Milliseconds between two looks at the timers. */
const LOOK_MS = 1000;

/**
 * Timers that ring up to a second late, for {@link withinTimeout}. A timer of the runtime costs as much as reading a
 * short body, so one of them serves all, and is not cancelled when no timer is left.
 */
export function coarseTimers(runtime: {
  now(): number;
  start(milliseconds: number, run: () => void): void;
}): (milliseconds: number, run: () => void) => () => void {
  const waiting = new Set<{ due: number; run: () => void }>();
  let isLooking = false;
  const look = (): void => {
    isLooking = false;
    const now = runtime.now();
    for (const timer of waiting) {
      if (timer.due > now) continue;
      waiting.delete(timer);
      timer.run();
    }
    if (waiting.size > 0) lookLater();
  };
  const lookLater = (): void => {
    if (isLooking) return;
    isLooking = true;
    runtime.start(LOOK_MS, look);
  };
  return (milliseconds, run) => {
    const timer = { due: runtime.now() + milliseconds, run };
    waiting.add(timer);
    lookLater();
    return () => void waiting.delete(timer);
  };
}

/** The reason why a value is refused; undefined for a good or an absent one. */
export function timeoutProblem(value: string | undefined): string | undefined {
  const duration = value ? parseDuration(value) : 0n;
  return typeof duration === 'string' ? `invalid timeout specified in the request URL - time: ${duration}` : undefined;
}

/** The milliseconds that a request with such a value may take: as many as any other, where the value is 0 or more. */
export function requestTimeout(value: string | undefined): number {
  const duration = value ? parseDuration(value) : 0n;
  const asked = typeof duration === 'string' ? 0 : Number(duration) / 1e6;
  return asked > 0 && asked < REQUEST_TIMEOUT_MS ? asked : REQUEST_TIMEOUT_MS;
}
