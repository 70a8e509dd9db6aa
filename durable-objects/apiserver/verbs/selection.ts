/** The objects that a list answers, and how they are asked of the store. */
import type { Stored } from '../../store/store.ts';

/** The part of a list that one answer may have. */
export interface Pages {
  prefix: string;
  revision: number | undefined;
  after: string | undefined;
  /** The revision may be older than those that can be watched. */
  history: boolean;
  /** At most this many objects. */
  limit: number;
}

/** The objects of a list at one revision. */
export interface Selection {
  /**
   * In key order; read as they are printed, unless there is a limit. `undefined` comes after a good many that do not
   * match: other requests should have their turn.
   */
  objects: Iterable<Stored | undefined>;
  revision: number;
  continue?: string;
  remaining?: number;
}

/** Whether an object matches the selectors. */
export type Test = (stored: Stored) => boolean;
