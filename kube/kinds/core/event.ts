import type { Event } from '../../types.ts';
import { type Cell, column, named } from '../columns/column.ts';
import { since } from '../columns/human-duration.ts';
import { type Column, defineKind } from '../define.ts';
import { validateEvent } from './event-validation.ts';

function firstSeen(event: Event, now: number): string {
  return since(event.firstTimestamp ?? event.eventTime, now);
}

function lastSeen(event: Event, now: number): string {
  if (event.series) return since(event.series.lastObservedTime, now);
  return event.lastTimestamp ? since(event.lastTimestamp, now) : firstSeen(event, now);
}

function target({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

function source({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance ? `${component}, ${instance}` : component;
}

/** Events stored before `count` existed, and those of the new API that happened once, have none. */
function count(event: Event): Cell {
  return event.series?.count ?? (event.count || 1);
}

/** Both groups show events alike. */
export const eventColumns: readonly Column[] = [
  column('Last Seen', 'When it was observed last.', lastSeen),
  column<Event>('Type', 'Normal or Warning.', (event) => event.type ?? ''),
  column<Event>('Reason', 'Why it happened, in a word.', (event) => event.reason ?? ''),
  column('Object', 'What it is about.', target),
  column<Event>('Subobject', 'Which part of that object.', (event) => event.involvedObject?.fieldPath ?? '', {
    wide: true,
  }),
  column('Source', 'Who reported it.', source, { wide: true }),
  column<Event>('Message', 'What happened.', (event) => (event.message ?? '').trim()),
  column('First Seen', 'When it was observed first.', firstSeen, { wide: true }),
  column('Count', 'How often it was observed.', count, { wide: true }),
  { ...named((event) => event.metadata.name ?? ''), priority: 1 },
];

export const event = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  // Upstream has no rule of its own; events of events.k8s.io have one.
  nameRule: 'path-segment',
  support: 'acted-on',
  freeFinalizers: true,
  metadataLast: true,
  allowCreateOnUpdate: true,
  defaultGarbageCollectionPolicy: 'Unsupported',
  columns: eventColumns,
  selectableFields: {
    'involvedObject.kind': (event) => event.involvedObject?.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject?.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject?.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  },
  strategy: {
    validate: (event) => validateEvent(event),
    applyDefaults(event) {
      event.source ??= {};
      event.reportingComponent ??= '';
      event.reportingInstance ??= '';
    },
  },
});
