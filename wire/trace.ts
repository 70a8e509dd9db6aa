import type { What } from './what.ts';

/**
 * The story of an object: its steps since it was last applied, as served at
 * `GET /clusters/{id}/islet/v1/trace?resource=deployments.apps&namespace=default&name=nginx`. With `&revision=` it is
 * that of an earlier apply, until the next one.
 */
export interface TraceObject {
  /** `deployments.apps` */
  resource: string;
  kind: string;
  apiVersion: string;
  /** '' for cluster-scoped objects. */
  namespace: string;
  name: string;
}

/**
 * The part of the cluster that made a step: `person` and `client` came in from outside, `client` with a name that begins
 * with `system:`.
 */
export type StepActor = 'person' | 'client' | 'node' | 'scheduler' | 'controller' | 'system';

/** The way of a request through the API server, as far as it is known. */
export interface StepRequest {
  user: string;
  verb: string;
  subresource?: string;
  /** `kubectl/v1.36.3` */
  agent?: string;
  /** Of the fields. */
  manager?: string;
  /** Audit-ID */
  id: string;
  /** The use of the token that told the user: `session`, `cluster`, `service-account`. */
  token?: string;
  /** The user that acted for this one. */
  impersonator?: string;
  /** Why it was allowed: `RBAC: allowed by …`. Absent where the group `system:masters` may do everything. */
  allowed?: string;
}

export interface TraceStep {
  /** Milliseconds since the epoch. */
  at: number;
  /** Milliseconds since the first step. */
  offset: number;
  /** `islet:admin (kubectl)`, `deployment-controller`, `kubelet sim-0` */
  who: string;
  actor: StepActor;
  request?: StepRequest;
  /** `created with 3 replicas`, `bound to sim-0`, `Pending → Running` */
  what: string;
  /** The same in codes; of an Event none. */
  parts: readonly What[];
  /** For an Event: the object it is about. */
  object: TraceObject;
  /** The revision that this step committed. */
  revision: number;
  /** The revision that this step follows from, when that is part of the story. */
  causedBy?: number;
  /** Changes of the object by admission plugins, by plugin: fields, or the webhooks and policies that did. */
  changed?: Readonly<Record<string, readonly string[]>>;
  /** Audit annotations of this write. */
  annotations?: Readonly<Record<string, string>>;
  /** The step is an Event (the kind), not a write. */
  isEvent?: true;
}

export interface TraceStory {
  object: TraceObject;
  /** In the order in which they were committed; the first is the apply. */
  steps: TraceStep[];
  /** The story is not whole: it held too much, or the log no longer reaches back to the apply. */
  cut?: true;
}

/** The story as a table for a terminal. */
export function formatTrace({ steps, cut }: TraceStory): string {
  const rows = steps.map((step) => [
    formatOffset(step.offset),
    step.who,
    step.what,
    `${step.object.kind.toLowerCase()}/${step.object.name}`,
    String(step.revision),
    step.causedBy === undefined ? '' : String(step.causedBy),
  ]);
  const header = ['AFTER', 'WHO', 'WHAT', 'OBJECT', 'REVISION', 'BECAUSE OF'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length)))
      .join('   ')
      .trimEnd();
  const lines = [line(header), ...rows.flatMap((row, at) => [line(row), ...annotationLines(steps[at])])];
  if (cut) lines.push('(there is more than is shown here)');
  return `${lines.join('\n')}\n`;
}

function annotationLines({ annotations = {} }: Partial<TraceStep> = {}): string[] {
  return Object.entries(annotations).map(([key, value]) => `  ${key}: ${value.replace(/\s+/g, ' ')}`);
}

/** `12 ms`, `1.25 s`, `3 min 5 s` */
export function formatOffset(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
