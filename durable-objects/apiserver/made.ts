/** Objects that nobody stores: they are made when they are read. */
import type { Stored } from '../store/store.ts';
import { componentStatuses } from './component-statuses.ts';
import type { Call } from './server.ts';

/** The one that the request names. */
export function madeOne(call: Call): Stored | undefined {
  return componentStatuses(call)[0];
}

/** Those that the request lists, beside what is stored. */
export function madeAll(call: Call): readonly Stored[] {
  return componentStatuses(call);
}
