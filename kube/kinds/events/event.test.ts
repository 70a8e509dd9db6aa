import { expect, test } from 'vitest';
import { errorText } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { kinds } from '../index.ts';
import { joinErrors, METADATA_ERRORS } from '../metadata.ts';
import { fromCoreEvent } from './convert.ts';
import { event } from './event.ts';

const anEvent = (more: object = {}): KubeObject => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'x', namespace: 'default' },
  ...({
    eventTime: '2026-01-02T03:04:05.000000Z',
    action: 'a',
    reason: 'r',
    type: 'Normal',
    reportingController: 'a.b/c',
    reportingInstance: 'i',
    regarding: { kind: 'Pod', name: 'a' },
    ...more,
  } as object),
});
const texts = (errors: readonly { type: string }[] | undefined): string[] =>
  (errors ?? []).map((error) => (error === METADATA_ERRORS ? '(metadata)' : errorText(error as never)));

test('the rules of both groups come before those of metadata, and those of the newer one after', () => {
  expect(texts(event.strategy.validate?.(anEvent({ action: '', type: 'x' })))).toEqual([
    'action: Required value',
    '(metadata)',
    'type: Invalid value: "": has invalid value: x',
  ]);
  const kind = kinds.find(({ apiVersion, plural }) => apiVersion === 'events.k8s.io/v1' && plural === 'events');
  const own = event.strategy.validate?.(anEvent({ type: 'x' })) ?? [];
  const metadata = [{ type: 'FieldValueInvalid' as const, field: 'metadata.name', value: 'A', detail: 'no' }];
  expect(kind && joinErrors(kind, metadata, own).map(({ field }) => field)).toEqual(['metadata.name', 'type']);
});

test('of an event the series may change alone, and what becomes of it is judged', () => {
  const series = { count: 1, lastObservedTime: '2026-01-02T03:04:05.000000Z' };
  expect(texts(event.strategy.validateUpdate?.(anEvent({ series }), anEvent()))).toEqual([
    '(metadata)',
    'series.count: Invalid value: "": should be at least 2',
  ]);
  expect(texts(event.strategy.validateUpdate?.(anEvent({ series }), anEvent({ series })))).toEqual(['(metadata)']);
  expect(texts(event.strategy.validateUpdate?.(anEvent({ note: 'n' }), anEvent()))).toEqual([
    '(metadata)',
    'message: Invalid value: "n": field is immutable',
  ]);
  const related = { kind: 'X', uid: 'u' };
  const deprecatedSource = { component: 'x' };
  expect(
    texts(event.strategy.validateUpdate?.(anEvent({ related, deprecatedSource, regarding: {} }), anEvent())),
  ).toEqual([
    '(metadata)',
    'involvedObject: Invalid value: {"Kind":"","Namespace":"","Name":"","UID":"","APIVersion":"","ResourceVersion":"","FieldPath":""}: field is immutable',
    'source: Invalid value: {"Component":"x","Host":""}: field is immutable',
    'related: Invalid value: {"Kind":"X","Namespace":"","Name":"","UID":"u","APIVersion":"","ResourceVersion":"","FieldPath":""}: field is immutable',
  ]);
});

test('an event shows its reporter where that is known, which the core kind shows always', () => {
  const stored = { apiVersion: 'v1', kind: 'Event', metadata: {}, reportingComponent: '', reportingInstance: 'i' };
  const { reportingComponent: _, ...shown } = stored;
  expect(fromCoreEvent(stored)).toStrictEqual({ ...shown, apiVersion: 'events.k8s.io/v1' });
});

test('a limit of a text is one of bytes', () => {
  expect(texts(event.strategy.validate?.(anEvent({ note: 'é'.repeat(512) })))).toEqual(['(metadata)']);
  expect(texts(event.strategy.validate?.(anEvent({ note: 'é'.repeat(513), reason: '😀'.repeat(33) })))).toEqual([
    'reason: Invalid value: "": can have at most 128 characters',
    'message: Invalid value: "": can have at most 1024 characters',
    '(metadata)',
  ]);
});
