/** The way of an apply, drawn step by step with its times (`wire/trace.ts`). */
import { useEffect, useState } from 'preact/hooks';
import type { Deployment } from '../../../kube/types.ts';
import { formatOffset, type TraceStep, type TraceStory } from '../../../wire/trace.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { getJson } from '../api/session.ts';

interface Subject {
  resource: string;
  namespace: string;
  name: string;
}

/** Steps alike and next to each other (a thousand pods being bound) are told once. */
const TOLD_APART = 4;
/** The story is fetched again this long after the last change that may belong to it. */
const SETTLE_MS = 300;

export function LastApply({ cluster }: { cluster: Cluster }) {
  const deployments = [...cluster.deployments.objects.value.values()];
  const last = deployments.sort((a, b) => appliedAt(b) - appliedAt(a))[0];
  if (!last) return <p class="empty">Apply a Deployment, and its way is drawn here.</p>;
  const { namespace = '', name = '' } = last.metadata;
  return (
    <>
      <p style={{ margin: '0 0 0.7rem' }}>
        <a href={linkTo({ selected: { kind: 'deployments', namespace, name }, tab: undefined })}>
          deploy/{name} <span class="quiet">{namespace}</span>
        </a>
      </p>
      <Story cluster={cluster} resource="deployments.apps" namespace={namespace} name={name} />
    </>
  );
}

export function Story({ cluster, resource, namespace, name }: Subject & { cluster: Cluster }) {
  const [story, setStory] = useState<TraceStory>();
  const [problem, setProblem] = useState<string>();
  // What a story is made of changes with these.
  const changes = [cluster.deployments, cluster.replicaSets, cluster.pods].map(({ objects }) => objects.value);
  useEffect(() => {
    const stop = new AbortController();
    const query = new URLSearchParams({ resource, namespace, name });
    const timer = window.setTimeout(() => {
      getJson<TraceStory>(`${cluster.base}/islet/v1/trace?${query}`, stop.signal).then(
        (told) => {
          setStory(told);
          setProblem(undefined);
        },
        (error: Error) => {
          if (!stop.signal.aborted) setProblem(error.message);
        },
      );
    }, SETTLE_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [cluster.base, resource, namespace, name, ...changes]);

  if (problem) return <p class="notice">{problem}</p>;
  if (!story) return <p class="empty">Reading the log …</p>;
  return (
    <>
      <ol class="story">
        {gather(story.steps).map((group) => (
          <Step key={group[0]?.revision} group={group} />
        ))}
      </ol>
      {story.cut && <p class="quiet">There is more than is shown here.</p>}
    </>
  );
}

function Step({ group }: { group: TraceStep[] }) {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) return null;
  const many = group.length > 1;
  return (
    <li>
      <time title={new Date(first.at).toISOString()}>{formatOffset(first.offset)}</time>
      <div class="what">
        {many ? `${group.length} × ` : ''}
        {first.object.kind.toLowerCase()}
        {many ? 's' : `/${first.object.name}`} <b>{many ? withoutDetail(first.what) : first.what}</b>
        <div class="who">
          {first.who}
          {many && ` · until ${formatOffset(last.offset)}`}
          {first.causedBy !== undefined && !many && ` · because of revision ${first.causedBy}`}
        </div>
      </div>
    </li>
  );
}

/** Runs of steps by the same actor, of the same sort, on the same kind; short runs are left apart. Events are left out. */
function gather(steps: TraceStep[]): TraceStep[][] {
  const groups: TraceStep[][] = [];
  for (const step of steps) {
    if (step.isEvent) continue;
    const group = groups.at(-1);
    const [other] = group ?? [];
    if (group && other && sort(other) === sort(step)) group.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => (group.length < TOLD_APART ? group.map((step) => [step]) : [group]));
}

function sort({ who, what, object }: TraceStep): string {
  return `${who.replace(/ .*/, '')}|${withoutDetail(what)}|${object.kind}`;
}

/** `bound to sim-0` → `bound` */
function withoutDetail(what: string): string {
  return what.replace(/ (to|with|by) .*/, '');
}

/** When a person last changed it: the newest entry of a manager that is no controller. Milliseconds. */
function appliedAt({ metadata }: Deployment): number {
  const entries = (metadata.managedFields ?? []).filter(
    ({ manager, subresource }) => subresource !== 'status' && !manager?.endsWith('-controller'),
  );
  const times = entries.map(({ time }) => (time ? Date.parse(time) : 0));
  return Math.max(Date.parse(metadata.creationTimestamp ?? '') || 0, ...times);
}
