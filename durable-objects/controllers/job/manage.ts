/** The pods that a Job lacks, and those that it has too many (upstream `manageJob`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Job, PodTemplateSpec } from '../../../kube/types.ts';
import { createPod } from '../common/pod-control.ts';
import { byProgress } from '../common/ranking.ts';
import type { Action } from '../runtime/plan.ts';
import { waitOfIndex } from './back-off.ts';
import {
  COMPLETION_INDEX,
  FAILURE_COUNT,
  IGNORED_FAILURE_COUNT,
  type JobPod,
  replacesOnlyFailed,
  TRACKING,
} from './pods.ts';
import { hasIndex, indexesOf, type Sync } from './sync.ts';

/** upstream's MaxPodCreateDeletePerSync */
const MOST = 500;
const MAX_GENERATE_NAME = 58;
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';

export interface Managed {
  creates: Action[];
  /** Pods that go uncounted. */
  deletes: readonly JobPod[];
  /** Milliseconds until pods may be made; undefined where none has to wait. */
  wait?: number;
}

export function manage(sync: Sync): Managed {
  const { job, active, terminating } = sync;
  if (job.spec?.suspend) return { creates: [], deletes: removable(sync, active.length) };
  const wanted = wantedActive(sync);
  const deletes = removable(sync, Math.max(0, active.length - wanted)).slice(0, MOST);
  if (deletes.length > 0) return { creates: [], deletes };
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? terminating.length : 0);
  if (missing <= 0) return { creates: [], deletes: [] };
  const hasOwnLimits = sync.indexed?.failed !== undefined;
  const wait = hasOwnLimits ? 0 : sync.backOff.wait;
  if (wait > 0) return { creates: [], deletes: [], wait };
  if (!sync.indexed) {
    const create = createPod(job as unknown as KubeObject, trackedTemplate(job));
    return { creates: Array.from({ length: Math.min(missing, MOST) }, () => create), deletes: [] };
  }
  return createIndexed(sync, sync.indexed, Math.min(missing, MOST));
}

/** A Job without completions needs one success, and makes no pods once it has that. */
function wantedActive({ job, succeeded, active }: Sync): number {
  const { parallelism = 1, completions } = job.spec ?? {};
  if (completions === undefined || completions === null) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Of an Indexed Job first the pods whose index another has, or that have none of its own. */
function removable({ active, indexed }: Sync, least: number): JobPod[] {
  const sorted = [...active].sort(byProgress);
  if (!indexed) return sorted.slice(0, least);
  const kept = new Map<number, JobPod>();
  for (const pod of sorted) {
    if (pod.job.index !== undefined && hasIndex(pod, indexed.completions)) kept.set(pod.job.index, pod);
  }
  const left = new Set(kept.values());
  const excess = sorted.filter((pod) => !left.has(pod));
  const more = sorted.filter((pod) => left.has(pod)).slice(0, Math.max(0, least - excess.length));
  return [...excess, ...more];
}

function createIndexed(sync: Sync, indexed: NonNullable<Sync['indexed']>, most: number): Managed {
  const { job, active, terminating, now } = sync;
  const taken = [...active, ...(replacesOnlyFailed(job) ? terminating : [])];
  let pending = indexed.succeeded.with(indexesOf(taken));
  if (indexed.failed) pending = pending.with(indexed.failed);
  const indexes = pending.gaps(most, indexed.completions);
  const waits = indexes.map((index) => waitOfIndex(indexed.delayed.get(index), now));
  const due = indexes.filter((_, at) => waits[at] === 0);
  if (due.length === 0 && indexes.length > 0) return { creates: [], deletes: [], wait: Math.min(...waits) };
  return { creates: due.map((index) => createOfIndex(sync, index, indexed.delayed.get(index))), deletes: [] };
}

function createOfIndex({ job, indexed, verdict }: Sync, index: number, replaced: JobPod | undefined): Action {
  const template = trackedTemplate(job);
  const suffix = `-${index}-`;
  const generateName = `${(job.metadata.name ?? '').slice(0, MAX_GENERATE_NAME - suffix.length)}${suffix}`;
  const failures = indexed?.failed ? failureCounts(replaced, verdict) : {};
  const indexedTemplate = {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: { ...template.metadata?.annotations, [COMPLETION_INDEX]: String(index), ...failures },
      labels: { ...template.metadata?.labels, [COMPLETION_INDEX]: String(index) },
    },
    spec: { ...withIndexVariable(template.spec), hostname: `${job.metadata.name}-${index}` },
  };
  return createPod(job as unknown as KubeObject, indexedTemplate, { generateName });
}

/** The failures of an index, as its next pod tells of them (`getNewIndexFailureCounts`). */
function failureCounts(replaced: JobPod | undefined, verdict: Sync['verdict']): Record<string, string> {
  if (!replaced) return { [FAILURE_COUNT]: '0' };
  const { failures, ignoredFailures } = replaced.job;
  const { counts } = verdict(replaced);
  const ignored = ignoredFailures + (counts ? 0 : 1);
  return {
    [FAILURE_COUNT]: String(failures + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [IGNORED_FAILURE_COUNT]: String(ignored) } : {}),
  };
}

function trackedTemplate({ spec }: Job): PodTemplateSpec {
  const { template } = spec ?? {};
  const others = (template?.metadata?.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING);
  return { ...template, metadata: { ...template?.metadata, finalizers: [...others, TRACKING] } };
}

type PodSpec = NonNullable<PodTemplateSpec['spec']>;

/** Every container gets the index as a variable, unless it has one of that name. */
function withIndexVariable(spec: PodSpec | undefined): PodSpec {
  const fieldRef = { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` };
  const withVariable = <C extends PodSpec['containers'][number]>(container: C): C =>
    container.env?.some(({ name }) => name === INDEX_VARIABLE)
      ? container
      : { ...container, env: [...(container.env ?? []), { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] };
  return {
    ...spec,
    containers: (spec?.containers ?? []).map(withVariable),
    ...(spec?.initContainers ? { initContainers: spec.initContainers.map(withVariable) } : {}),
  };
}
