/** Taints by the condition of a node (component-helpers and `api/core/v1/well_known_taints.go`). */
export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** A node has one of these or none. */
export const NODE_HEALTH: ReadonlySet<string> = new Set([NOT_READY, UNREACHABLE]);
