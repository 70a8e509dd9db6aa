/** The events of an object, at the end of its description. */
import type { Event } from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { since } from '../print/durations.ts';
import { columns } from './parts.ts';
import type { Sheet } from './sheet.ts';

export interface About {
  name: string;
  namespace: string;
  kind?: string;
  uid?: string;
}

/** Undefined where they cannot be read. */
export async function eventsOf(context: Context, { name, namespace, kind, uid }: About): Promise<Event[] | undefined> {
  const fields = {
    'involvedObject.name': name,
    'involvedObject.namespace': namespace,
    'involvedObject.kind': kind,
    'involvedObject.uid': uid,
  };
  const fieldSelector = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}=${value}`)
    .join(',');
  const path = namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`;
  try {
    const { items } = await context.client.get<{ items: Event[] }>(path, { fieldSelector });
    return items;
  } catch {
    return undefined;
  }
}

export function describeEvents(sheet: Sheet, events: readonly Event[] | undefined, now: number): void {
  if (events === undefined) return;
  if (events.length === 0) {
    sheet.line(0, 'Events:\t<none>');
    return;
  }
  sheet.flush();
  const sorted = [...events].sort((a, b) => timeOf(a) - timeOf(b));
  const rows = sorted.map((event) => {
    const { type = '', reason = '', message = '', source, reportingComponent, involvedObject } = event;
    const path = involvedObject?.fieldPath ? `${involvedObject.fieldPath}: ` : '';
    return [type, reason, interval(event, now), source?.component || reportingComponent || '', path + message.trim()];
  });
  sheet.line(0, 'Events:');
  columns(sheet, 1, ['Type', 'Reason', 'Age', 'From', 'Message'], ['----', '------', '----', '----', '-------'], rows);
}

function timeOf({ lastTimestamp }: Event): number {
  return lastTimestamp ? Date.parse(lastTimestamp) : Number.NEGATIVE_INFINITY;
}

/** `5s (x3 over 2m)` */
export function interval({ eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event, now: number): string {
  const first = since(eventTime ?? firstTimestamp, now);
  if (series) return `${since(series.lastObservedTime, now)} (x${series.count} over ${first})`;
  return count > 1 ? `${since(lastTimestamp, now)} (x${count} over ${first})` : first;
}
