/** What a controller decided (design decision 6). Plain data: tests are objects in, Plan out. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource } from '../../../kube/machinery/resource.ts';

/** Which object an action is for, and the state of it that the controller saw. */
export interface Target {
  resource: GroupResource;
  namespace: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
}

export type Action =
  | { do: 'create'; resource: GroupResource; object: KubeObject }
  /** Replaces the object; `object.metadata.resourceVersion` is what was seen. */
  | { do: 'update'; resource: GroupResource; object: KubeObject }
  | { do: 'patch'; target: Target; patch: unknown; type?: 'merge' | 'strategic' | 'json'; subresource?: string }
  /** Replaces `status` (PUT …/status) of the object as seen. */
  | { do: 'update-status'; resource: GroupResource; object: KubeObject }
  | {
      do: 'delete';
      target: Target;
      propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
      gracePeriodSeconds?: number;
    }
  | { do: 'delete-collection'; resource: GroupResource; namespace: string }
  | { do: 'finalize-namespace'; object: KubeObject }
  | { do: 'bind'; target: Target; node: string }
  | { do: 'event'; event: EventDecision };

export interface EventDecision {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The object it is about. */
  regarding: { apiVersion: string; kind: string; namespace: string; name: string; uid: string; fieldPath?: string };
}

export interface Plan {
  actions: Action[];
  /** Reconcile the key again after this many milliseconds, whatever happens. */
  requeueAfter?: number;
  /**
   * Actions run in order; independent ones of a run (`parallel`) may commit together. The first failure ends the run
   * and the key is retried with back-off, except for `ignore`d reasons.
   */
  parallel?: boolean;
}
