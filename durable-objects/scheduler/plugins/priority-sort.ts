import type { Plugin } from '../framework/interface.ts';

/** Higher priority first, then first come, first served. */
export const PrioritySort: Plugin = {
  name: 'PrioritySort',
  queueSort: (a, b) => b.priority - a.priority || a.arrival - b.arrival,
};
