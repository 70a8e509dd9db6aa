/**
 * The cause of a write: recorded in the log beside each revision; `islet trace` tells stories from
 * it.
 */
export type Cause = (
  | {
      kind: 'request';
      /** Milliseconds since the epoch at which the request arrived. */
      at: number;
      user: string;
      verb: string;
      /** `kubectl/v1.33.1`, cut to the first word. */
      agent?: string;
      /** Field manager, where one was named. */
      manager?: string;
      subresource?: string;
      /** The use of the token that told the user: `session`, `service-account`. Absent for the cluster's own parts. */
      token?: string;
      /** The user that acted for this one (`kubectl --as`). */
      impersonator?: string;
      /** The authoriser's reason. Absent where the group `system:masters` is allowed everything, and for nodes. */
      allowed?: string;
      /** Audit-ID of the request. */
      id: string;
    }
  | {
      kind: 'controller';
      at: number;
      /** Controller name, `scheduler`, or `simulated-kubelet`. */
      name: string;
      /** The key it was reconciling. */
      key: string;
      /** The revision of the log entry (or of the key) that woke this run. */
      saw: number;
    }
  | { kind: 'system'; at: number; why: string }
) & {
  /** The key of the write that this one went along with: a quota's usage changes with the pod that takes it. */
  beside?: string;
  /** Audit annotations that admission made. */
  annotations?: Readonly<Record<string, string>>;
  /** What admission plugins changed in the object: fields, or the webhooks and policies that did, by plugin. */
  changed?: Readonly<Record<string, readonly string[]>>;
};
