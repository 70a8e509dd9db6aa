/** One clock for all ages on the page. */
import { signal } from '@preact/signals';

/** Milliseconds since the epoch, a second at a time. */
export const now = signal(Date.now());
window.setInterval(() => {
  now.value = Date.now();
}, 1_000);
