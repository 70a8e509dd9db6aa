/** The decision of a controller. Plain data: tests are objects in, Plan out. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import type { Reason, Status } from '../../../kube/machinery/status.ts';
import type { Measurement } from '../../../kube/metrics/registry.ts';
import type { UsageFollow } from '../../../wire/usage.ts';
import type { Condition } from './conditions.ts';

/** Something that a controller must ask the API before it can decide: a GET as its user. */
export type Question =
  | { resource: GroupResource; namespace: string; name: string; subresource?: string }
  /** Of another API server, or a list. `query` is the text behind the question mark. */
  | { path: string; query?: string }
  /** Has nodes tell of changes: the answer is whether all of them will. Its key is looked at when one does. */
  | { follow: UsageFollow };

export type Answer = { ok: true; object: unknown } | { ok: false; status: Status };

/** Decides on the way: it is handed the answer to each question that it yields. Pure but for that. */
export type Inquiry = Generator<Question, Plan, Answer>;

/** The object of an action, and the state of it that the controller saw. */
export interface Target {
  resource: GroupResource;
  namespace: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
}

/** Consequences of how an action ends. */
interface Outcomes {
  onDone?: OnDone;
  onRefused?: OnRefused;
  /** Reasons that count as success. A delete or patch of a missing object always does. */
  ignore?: readonly Reason[];
  /** Of actions that are one request: measured once it is done, or once it is refused. */
  metrics?: Metrics;
}

export interface Metrics {
  readonly done?: readonly Measurement[];
  readonly refused?: readonly Measurement[];
}

export interface OnDone {
  event: EventDecision;
  /** The object's name is appended to the event's message: only the answer tells a generated one. */
  appendName?: true;
}

/**
 * The event and condition for an action that the API refuses: the refusal's message is appended to those of both.
 * Conflicts and creates into a namespace that is being deleted are no refusals. Of several that fail in parallel, the
 * first counts.
 */
export interface OnRefused {
  event?: EventDecision;
  /** A second event, told after the first. */
  alsoEvent?: EventDecision;
  /** Added to `status.conditions` of the object, whose status is then replaced. */
  condition?: { resource: GroupResource; object: KubeObject; condition: Condition };
}

export type Action = Outcomes & Operation;

type Operation =
  | { do: 'create'; resource: GroupResource; object: KubeObject }
  /**
   * Replaces the object, or the part of it that a subresource changes; `object.metadata.resourceVersion` is that of the
   * state that was seen. For `scale`, the object is a Scale.
   */
  | { do: 'update'; resource: GroupResource; object: KubeObject; subresource?: string }
  | { do: 'patch'; target: Target; patch: unknown; type?: 'merge' | 'strategic'; subresource?: string }
  /** Applies what `manager` wants of the object, or of a part of it, by force (server-side apply). */
  | { do: 'apply'; resource: GroupResource; object: KubeObject; manager: string; subresource?: string }
  /** Replaces `status` (PUT …/status) of the object as seen. */
  | { do: 'update-status'; resource: GroupResource; object: KubeObject }
  | {
      do: 'delete';
      target: Target;
      propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
      gracePeriodSeconds?: number;
    }
  /** In the preferred version where none is given. */
  | { do: 'delete-collection'; resource: GroupResource; namespace: string; version?: string }
  | { do: 'finalize-namespace'; object: KubeObject }
  | { do: 'event'; event: EventDecision }
  | Compound;

/** An action that ends in others, which are performed in its place. */
export type Compound =
  /** One after the other, beside its neighbours; a refusal ends it. Such neighbours start slowly, as creates do. */
  | { do: 'sequence'; actions: readonly Action[] }
  /**
   * Something that the cluster itself can do, by name, with an object and what the controller knows beside it (plain
   * data). It answers with the actions that write it down.
   */
  | { do: 'effect'; effect: string; object: KubeObject; known?: unknown }
  /** Asks for a user's right. Without `denied`, a user that lacks it makes the action fail: it is tried again. */
  | { do: 'if-allowed'; review: AccessReview; allowed: readonly Action[]; denied?: readonly Action[] };

/**
 * The effects by their names. A Status that they answer with counts as a refusal; what they reject with is reported, and
 * the key tried again.
 */
export type Effects = Readonly<Record<string, Effect>>;

type Effect = (object: KubeObject, known?: unknown) => Promise<readonly Action[] | Status>;

/** `spec` of a SubjectAccessReview. */
export interface AccessReview {
  user?: string;
  uid?: string;
  groups?: readonly string[];
  extra?: Readonly<Record<string, readonly string[]>>;
  resourceAttributes: {
    verb: string;
    group: string;
    version?: string;
    resource: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
}

export interface Regarding {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  /** '' where the event names none. */
  uid: string;
  /** Of the object as the controller saw it. */
  resourceVersion?: string;
  fieldPath?: string;
}

export interface EventDecision {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The object that the event is about. */
  regarding: Regarding;
  /** An event about a single change: seen again after an eviction, it is not counted again. */
  once?: boolean;
  /** The action of an event in the form of events.k8s.io, in which upstream's newer recorders write. */
  action?: string;
}

export interface Plan {
  actions: Action[];
  /**
   * Runs of actions that do not depend on one another, such as one for each of many pods. They are performed before
   * `actions`, many at a time. A refusal ends its own run alone: all else is done, and then the key is tried again.
   */
  apart?: readonly (readonly Action[])[];
  /** Measured once the run is over: done, or refused in a part. */
  metrics?: Metrics;
  /** Reconcile the key again after this many milliseconds, whatever happens. */
  requeueAfter?: number;
  /** A short text for that next run. It is kept in the timer's row, so it survives evictions. */
  memo?: string;
  /**
   * Actions run in order; with `parallel`, neighbours that do the same to several objects run together (creates with a
   * slow start, as upstream, which a failure ends; of all else each is tried). The first failure ends the run and the
   * key is retried with back-off, except for `ignore`d reasons.
   * An object written twice in a run carries on from the resourceVersion that its first write got.
   */
  parallel?: boolean;
}
