/** events.k8s.io/v1 Events to core ones and back (`pkg/apis/events/v1/conversion.go`): the same, under other names. */
import type { KubeObject } from '../../machinery/object.ts';

const CORE_NAMES: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const EVENTS_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CORE_NAMES).map(([events, core]) => [core, events]),
);

const REPORTER: readonly string[] = ['reportingController', 'reportingInstance'];

function rename(object: KubeObject, names: Readonly<Record<string, string>>, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object;
  const entries = Object.entries(object).map(([field, value]) => [names[field] ?? field, value]);
  return { ...Object.fromEntries(entries), apiVersion, kind: 'Event', metadata: object.metadata };
}

function withoutEmpty(event: KubeObject): KubeObject {
  const isShown = ([field, value]: [string, unknown]): boolean => value !== '' || !REPORTER.includes(field);
  return Object.fromEntries(Object.entries(event).filter(isShown)) as KubeObject;
}

export function toCoreEvent(event: KubeObject): KubeObject {
  return rename(event, CORE_NAMES, 'v1');
}

export function fromCoreEvent(event: KubeObject): KubeObject {
  const renamed = rename(event, EVENTS_NAMES, 'events.k8s.io/v1');
  // The core kind always shows who reported, this one only where that is known.
  return REPORTER.some((field) => renamed[field] === '') ? withoutEmpty(renamed) : renamed;
}
