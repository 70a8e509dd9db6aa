/** One clock for all ages on the page. While a moment of the past is looked at, it stands still at that. */
import { signal } from '@preact/signals';

/** Milliseconds since the epoch, a second at a time. */
export const now = signal(Date.now());

let stopped: number | undefined;

/** `moment`: milliseconds since the epoch; undefined lets the clock go on. */
export function stopClock(moment: number | undefined): void {
  stopped = moment;
  now.value = moment ?? Date.now();
}

window.setInterval(() => {
  now.value = stopped ?? Date.now();
}, 1_000);
