import type { KubeObject } from '../../machinery/object.ts';
import type { Event } from '../../types.ts';
import { event as coreEvent, eventColumns } from '../core/event.ts';
import { validateNewEvent, validateNewEventUpdate } from '../core/event-validation.ts';
import { defineKind } from '../define.ts';
import { fromCoreEvent, toCoreEvent } from './convert.ts';

/** Field labels of this group, and those of the core kind they stand for. */
const LABELS: Readonly<Record<string, string>> = {
  reason: 'reason',
  'regarding.kind': 'involvedObject.kind',
  'regarding.namespace': 'involvedObject.namespace',
  'regarding.name': 'involvedObject.name',
  'regarding.uid': 'involvedObject.uid',
  'regarding.apiVersion': 'involvedObject.apiVersion',
  'regarding.resourceVersion': 'involvedObject.resourceVersion',
  'regarding.fieldPath': 'involvedObject.fieldPath',
  reportingController: 'reportingComponent',
  type: 'type',
};

const core = (event: KubeObject) => toCoreEvent(event) as Event;

export const event = defineKind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  support: 'acted-on',
  allowCreateOnUpdate: true,
  defaultGarbageCollectionPolicy: 'Unsupported',
  generateNameRule: 'create',
  columns: eventColumns.map((column) => ({
    ...column,
    cell: (object, now) => column.cell(toCoreEvent(object), now),
  })),
  selectableFields: Object.fromEntries(
    Object.entries(LABELS).map(([label, core]) => [
      label,
      (object: KubeObject) => coreEvent.selectableFields[core]?.(toCoreEvent(object)) ?? '',
    ]),
  ),
  storedAs: { resource: 'events', apiVersion: 'v1', toStored: toCoreEvent, fromStored: fromCoreEvent },
  strategy: {
    validate: (event, old) => (old ? [] : validateNewEvent(core(event))),
    validateUpdate: (next, old) => validateNewEventUpdate(core(next), core(old)),
  },
});
