/** Whether the bar of time is shown while the page is live. In the past it always is. */
import { signal } from '@preact/signals';

export const looking = signal(false);
