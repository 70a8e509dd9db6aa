/** Event decisions become Event objects (client-go `tools/record/event.go`); the same again becomes a count. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import { eventName } from '../../../kube/machinery/event-correlation.ts';
import { microTime, rfc3339 } from '../../../kube/machinery/time.ts';
import type { Event } from '../../../kube/types.ts';
import { EventCorrelator, type Recorded } from './event-correlator.ts';
import type { EventDecision } from './plan.ts';
import type { Clock, ReadPort, RequestPort } from './ports.ts';

export interface EventSource {
  /** `deployment-controller` */
  component: string;
  user: string;
  groups: readonly string[];
}

export interface EventRecorder {
  /** Best effort, as upstream: an event that can't be written is lost and nothing else fails. */
  record(source: EventSource, event: EventDecision, cause: Cause): Promise<void>;
}

/** Events of an object's name that are looked at, page by page: there are few as a rule, and others lie behind them. */
const LOOK_BACK = [2, 8, 40];

export function createEventRecorder(ports: { request: RequestPort; read: ReadPort; clock: Clock }): EventRecorder {
  const { request, read, clock } = ports;
  const correlator = new EventCorrelator();
  /** The last write of an event that is under way: the same event waits for it, so that it is counted. */
  const writing = new Map<string, Promise<void>>();
  let lastStamp = 0n;

  /** Nanoseconds since the epoch, never the same twice. */
  function stamp(now: number): bigint {
    const nanos = BigInt(now) * 1_000_000n;
    lastStamp = nanos > lastStamp ? nanos : lastStamp + 1n;
    return lastStamp;
  }

  /** An equal event from before this object slept. */
  function stored(source: EventSource, event: EventDecision, namespace: string): Event | undefined {
    const start = `events/${namespace}/${event.regarding.name}.`;
    for (const item of named(namespace, start)) {
      const found = JSON.parse(item.text) as Event;
      if (
        found.reason === event.reason &&
        found.message === event.message &&
        found.type === event.type &&
        (found.involvedObject.uid ?? '') === event.regarding.uid &&
        found.involvedObject.fieldPath === event.regarding.fieldPath &&
        (found.source?.component ?? found.reportingComponent) === source.component
      ) {
        return found;
      }
    }
    return undefined;
  }

  function* named(namespace: string, start: string): Generator<{ text: string }> {
    let after = start;
    for (const limit of LOOK_BACK) {
      const { items } = read.list({ prefix: `events/${namespace}/`, after, limit });
      for (const item of items) {
        if (!item.key.startsWith(start)) return;
        yield item;
        after = item.key;
      }
      if (items.length < limit) return;
    }
  }

  async function count(
    source: EventSource,
    namespace: string,
    id: string,
    event: EventDecision,
    cause: Cause,
    recorded: Recorded,
  ) {
    const now = clock.now();
    const next = recorded.count + 1;
    const body =
      event.action === undefined
        ? { count: next, lastTimestamp: rfc3339(now), message: event.message }
        : { series: { count: next, lastObservedTime: microTime(now) } };
    const { ok } = await request.request({
      user: source.user,
      groups: source.groups,
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/events/${encodeURIComponent(recorded.name)}`,
      query: 'fieldManager=kube-controller-manager',
      contentType: 'application/merge-patch+json',
      body,
      cause,
    });
    if (ok) correlator.recorded(id, { ...recorded, count: next });
    else correlator.forget(id);
    return ok;
  }

  async function write(
    source: EventSource,
    event: EventDecision,
    cause: Cause,
    id: string,
    now: number,
  ): Promise<void> {
    const { regarding } = event;
    const namespace = regarding.namespace || 'default';
    const known = correlator.known(id);
    const before = known ? undefined : stored(source, event, namespace);
    if ((known || before) && event.once) return;
    const recorded = known ?? (before && recordedOf(before, now));
    if (recorded && (await count(source, namespace, id, event, cause, recorded))) return;
    const name = eventName(regarding.name, stamp(now));
    const body = eventObject(source.component, event, namespace, name, now);
    const { ok } = await request.request({
      user: source.user,
      groups: source.groups,
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/events`,
      query: 'fieldManager=kube-controller-manager',
      body,
      cause,
    });
    if (ok) correlator.recorded(id, { name, count: 1, firstTimestamp: rfc3339(now) });
  }

  return {
    async record(source, event, cause) {
      const now = clock.now();
      const correlated = correlator.correlate(source.component, event, now);
      if (!correlated) return;
      const { id, message } = correlated;
      const written = (writing.get(id) ?? Promise.resolve())
        .then(() => write(source, { ...event, message }, cause, id, now))
        // Upstream drops events it cannot send, too.
        .catch(() => {});
      writing.set(id, written);
      await written;
      if (writing.get(id) === written) writing.delete(id);
    },
  };
}

function recordedOf({ metadata, series, count, firstTimestamp }: Event, now: number): Recorded {
  return {
    name: metadata.name ?? '',
    count: series?.count ?? count ?? 1,
    firstTimestamp: firstTimestamp ?? rfc3339(now),
  };
}

/** A core/v1 Event as client-go's recorder makes it, or, with an action, its recorder of events.k8s.io. */
function eventObject(
  component: string,
  event: EventDecision,
  namespace: string,
  name: string,
  now: number,
): Partial<Event> {
  const time = rfc3339(now);
  const { regarding } = event;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      ...(regarding.namespace ? { namespace: regarding.namespace } : {}),
      name: regarding.name,
      ...(regarding.uid ? { uid: regarding.uid } : {}),
      ...(regarding.resourceVersion ? { resourceVersion: regarding.resourceVersion } : {}),
      ...(regarding.fieldPath ? { fieldPath: regarding.fieldPath } : {}),
    } as Event['involvedObject'],
    reason: event.reason,
    message: event.message,
    type: event.type,
    reportingComponent: component,
    ...(event.action === undefined
      ? { source: { component }, firstTimestamp: time, lastTimestamp: time, count: 1, reportingInstance: '' }
      : { source: {}, action: event.action, eventTime: microTime(now), reportingInstance: `${component}-islet` }),
  } as Partial<Event>;
}
