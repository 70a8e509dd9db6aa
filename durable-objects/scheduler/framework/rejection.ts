import type { Detail } from '../../../kube/scheduling/advice.ts';

/** The rejection of a node, or of the pod as a whole. */
export interface Rejection {
  /** Removing other pods could not help (`UnschedulableAndUnresolvable`). */
  unresolvable: boolean;
  reasons: readonly string[];
  /** More about each of the first `most` reasons, for `islet why`: upstream's words name no amount and no taint. */
  details?(most: number): readonly Detail[];
}

export const unresolvable = (...reasons: string[]): Rejection => ({ unresolvable: true, reasons });
export const unschedulable = (...reasons: string[]): Rejection => ({ unresolvable: false, reasons });

/** The rejection of a node by one plugin. */
export interface FilterRejection {
  plugin: string;
  rejection: Rejection;
}
