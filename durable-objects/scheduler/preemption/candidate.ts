import type { PodInfo } from '../cache/projections.ts';

/** A node on which the pod fits once these are gone. */
export interface Candidate {
  node: string;
  /** The most important first. */
  victims: readonly PodInfo[];
  /** The number of victims that violate their PodDisruptionBudget. */
  violations: number;
}
