/** A change in the cluster that may help a pod that was rejected (`framework/events.go`). */
export type ClusterEvent =
  | 'node-added'
  | 'node-allocatable'
  | 'node-labels'
  | 'node-taints'
  | 'node-features'
  | 'node-removed'
  /** A pod came to run on a node. */
  | 'pod-assigned'
  /** A pod left its node, ended, or no longer claims the room that was held for it. */
  | 'pod-removed'
  | 'pod-labels'
  /** A pod on a node asks for less. */
  | 'pod-scaled-down'
  /** A claim gave its devices back. */
  | 'claim-deallocated'
  /** An object of another resource was made, changed or deleted: `changed:persistentvolumes`, or that one: its key. */
  | `changed:${string}`;
