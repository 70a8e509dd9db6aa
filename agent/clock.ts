/** Time as the agent's parts are given it: a test passes a clock of its own. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs it after so many milliseconds, unless the function that is returned is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

/** Node's timers fire at once when they are given more. Milliseconds, some 24 days. */
export const MAX_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const wait = Math.min(left, MAX_TIMER);
      timer = setTimeout(() => (left > wait ? arm(left - wait) : run()), wait);
    };
    arm(Math.max(0, milliseconds));
    return () => clearTimeout(timer);
  },
};

/** Resolves after the time, or as soon as the signal is aborted. */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    signal?.addEventListener('abort', end);
  });
}

/** Milliseconds between two checks, and the drift between them that does not count as a clock set back. */
const CHECK_INTERVAL = 10_000;
const DRIFT = 5_000;

/**
 * Tells when the machine's clock was set back: what waits for a time of before would wait all that time again.
 * `elapsed` cannot be set. Returns how to stop.
 */
export function watchClock(clock: Clock, elapsed: () => number, setBack: () => void): () => void {
  let ahead = clock.now() - elapsed();
  let cancel = () => {};
  const look = () => {
    const now = clock.now() - elapsed();
    if (ahead - now > DRIFT) setBack();
    ahead = now;
    cancel = clock.after(CHECK_INTERVAL, look);
  };
  look();
  return () => cancel();
}
