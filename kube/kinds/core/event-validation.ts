/** Events of both groups, in core form (`pkg/apis/core/validation/events.go`). */
import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isQualifiedName } from '../../machinery/names.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { Event } from '../../types.ts';
import { METADATA_ERRORS } from '../metadata.ts';
import { invalidEach, validateImmutable } from '../validation/fields.ts';

const MAX = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const;

/** `component`: what the group calls the reporting component. */
export function validateEvent(event: Event, component = 'reportingComponent'): FieldError[] {
  const { eventTime, involvedObject, metadata, reportingComponent = '' } = event;
  const target = involvedObject?.namespace ?? '';
  const own = metadata.namespace ?? '';
  const elsewhere = fieldError.invalid('involvedObject.namespace', target, 'does not match event.namespace');
  if (!eventTime) {
    const matches = target === '' ? own === '' || own === 'default' : target === own;
    return matches ? [] : [elsewhere];
  }
  const errors = target === '' && own !== 'default' && own !== 'kube-system' ? [elsewhere] : [];
  if (reportingComponent === '') errors.push(fieldError.required(component));
  errors.push(...invalidEach(component, reportingComponent, isQualifiedName(reportingComponent)));
  for (const name of ['reportingInstance', 'action', 'reason', 'message'] as const) {
    const value = event[name] ?? '';
    if (value === '' && name !== 'message') errors.push(fieldError.required(name));
    if (exceedsUtf8([value], MAX[name])) {
      errors.push(fieldError.invalid(name, '', `can have at most ${MAX[name]} characters`));
    }
  }
  return errors;
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [fieldError.invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [fieldError.required('series.lastObservedTime')]),
  ];
}

/** The newer group is stricter. */
export function validateNewEvent(event: Event): FieldError[] {
  const errors = [...validateEvent(event, 'reportingController'), METADATA_ERRORS, ...validateSeries(event)];
  if (!event.eventTime) errors.push(fieldError.required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(fieldError.invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  }
  for (const name of ['firstTimestamp', 'lastTimestamp', 'count'] as const) {
    if (event[name]) errors.push(fieldError.invalid(name, '', 'needs to be unset'));
  }
  if (event.source?.component || event.source?.host) {
    errors.push(fieldError.invalid('source', '', 'needs to be unset'));
  }
  return errors;
}

const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const;

/** Upstream's internal types have no names of their own for JSON, and print all fields. */
function internalForm(event: Event, name: (typeof FIXED)[number]): unknown {
  if (name === 'source') return { Component: event.source?.component ?? '', Host: event.source?.host ?? '' };
  if (name === 'count') return event.count ?? 0;
  if (name !== 'involvedObject' && name !== 'related') return event[name] ?? null;
  if (name === 'related' && !event.related) return null;
  const { kind = '', namespace = '', name: of = '', uid = '', apiVersion = '', ...rest } = event[name] ?? {};
  const { resourceVersion = '', fieldPath = '' } = rest;
  return {
    Kind: kind,
    Namespace: namespace,
    Name: of,
    UID: uid,
    APIVersion: apiVersion,
    ResourceVersion: resourceVersion,
    FieldPath: fieldPath,
  };
}

/** In the newer group only the series of an event moves on. */
export function validateNewEventUpdate(next: Event, old: Event): FieldError[] {
  const { fields } = schemaOf('io.k8s.api.core.v1.Event');
  const changed = FIXED.flatMap((name) => {
    const field = name === 'reportingComponent' ? 'reportingController' : name;
    const of = fields.get(name)?.schema;
    // Upstream prints a string that is not set as an empty one, and holds only the related object by pointer.
    if (of?.type === 'string') return validateImmutable(next[name] ?? '', old[name] ?? '', field);
    const isSame = name !== 'related' || (next.related === undefined) === (old.related === undefined);
    const errors = validateImmutable(next[name], old[name], field, isSame ? of : undefined);
    return errors.length === 0 ? [] : [fieldError.invalid(field, internalForm(next, name), 'field is immutable')];
  });
  return [
    ...validateEvent(next, 'reportingController'),
    METADATA_ERRORS,
    ...(sameJson(next.series ?? null, old.series ?? null) ? [] : validateSeries(next)),
    ...changed,
  ];
}
