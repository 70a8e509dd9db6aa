import { expect, test } from 'vitest';
import { errorText, fieldError, typed } from '../machinery/field-error.ts';
import type { ObjectMeta } from '../machinery/object.ts';
import type { KindDescriptor } from './define.ts';
import { kinds } from './index.ts';
import { joinErrors, validateAnyMetadata, validateMetadata, validateMetadataUpdate } from './metadata.ts';

const namespaced = { nameRule: 'dns-subdomain', scope: 'Namespaced' } as const;
const created = (meta: ObjectMeta, kind: Parameters<typeof validateMetadata>[1] = namespaced) =>
  validateMetadata({ namespace: 'default', ...meta }, kind).map(errorText);

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

test('the rules of a name come together, those of the kind last; a prefix is judged by its kind first, then as any', () => {
  const kind = kinds.find(({ kind }) => kind === 'CustomResourceDefinition') as KindDescriptor;
  const error = (field: string, detail: string) => fieldError.invalid(field, 'x', detail);
  const own = [error('metadata.name', 'own'), error('spec.group', 'no')];
  const ofMetadata = [error('metadata.name', 'any'), error('metadata.labels', 'no')];
  expect(joinErrors(kind, ofMetadata, own).map(({ field, detail }) => `${field} ${detail}`)).toEqual([
    'metadata.name any',
    'metadata.name own',
    'metadata.labels no',
    'spec.group no',
  ]);
  // Upstream's rule of a label does not look at the character before the last dash.
  expect(created({ name: 'a', generateName: '50%-' }, { nameRule: 'dns-label', scope: 'Namespaced' })).toEqual([]);
  expect(validateAnyMetadata({ generateName: '50%-' }).map(errorText)).toEqual([
    `metadata.generateName: Invalid value: "50%-": may not contain '%'`,
  ]);
});

test('a text of a type of Go is printed as JSON', () => {
  const key = { field: 'x', type: 'FieldValueNotSupported' } as const;
  expect(errorText({ ...key, value: '\u0000' })).toBe('x: Unsupported value: "\\u0000"');
  expect(errorText(fieldError.invalid('x', typed('<\u0000'), 'no'))).toBe('x: Invalid value: "\\u003c\\u0000": no');
  expect(errorText(fieldError.invalid('x', '<\u0000', 'no'))).toBe('x: Invalid value: "<\\x00": no');
});

test('good metadata has no errors', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true };
  expect(
    created({
      name: 'web-0.a',
      generateName: 'web-',
      labels: { 'example.com/App': 'Web', empty: '' },
      annotations: { 'Example.COM/x': 'y' },
      finalizers: ['foregroundDeletion', 'example.com/f'],
      ownerReferences: [owner, { ...owner, name: 'other', controller: false }],
    }),
  ).toEqual([]);
});

test.each<[string, ObjectMeta, string[]]>([
  ['no name', {}, ['metadata.name: Required value: name or generateName is required']],
  ['upper case', { name: 'Web' }, [`metadata.name: Invalid value: "Web": ${SUBDOMAIN}`]],
  [
    'a prefix of other letters',
    { name: 'a', generateName: 'ü-' },
    [`metadata.generateName: Invalid value: "ü-": ${SUBDOMAIN}`],
  ],
  ['a bad prefix', { name: 'a', generateName: '-x-' }, [`metadata.generateName: Invalid value: "-x-": ${SUBDOMAIN}`]],
  ['no namespace', { name: 'a', namespace: '' }, ['metadata.namespace: Required value']],
  [
    'two controllers',
    {
      name: 'a',
      ownerReferences: [
        { apiVersion: 'v1', kind: 'A', name: 'a', uid: '1', controller: true },
        { apiVersion: 'v1', kind: 'B', name: 'b', uid: '2', controller: true },
      ],
    },
    [expect.stringMatching(/Found "true" in references for A\/a and B\/b$/) as unknown as string],
  ],
  [
    'a finalizer without a domain',
    { name: 'a', finalizers: ['mine'] },
    [
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ],
  [
    'annotations of more than 256 KiB',
    { name: 'a', annotations: { big: 'é'.repeat(128 * 1024) } },
    ['metadata.annotations: Too long: may not be more than 262144 bytes'],
  ],
  [
    'a manager of a long name',
    { name: 'a', finalizers: ['mine'], managedFields: [{ manager: 'x'.repeat(129), operation: 'Update' }] },
    [
      'metadata.managedFields[0].manager: Too long: may not be more than 128 bytes',
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
  ],
])('%s is refused', (_, meta, errors) => {
  expect(created(meta)).toEqual(errors);
});

test('a cluster-scoped object has no namespace, and a path-segment name may have colons', () => {
  const kind = { nameRule: 'path-segment', scope: 'Cluster' } as const;
  expect(created({ name: 'system:node', namespace: undefined }, kind)).toEqual([]);
  expect(created({ name: 'a/b' }, kind)).toEqual([
    'metadata.name: Invalid value: "a/b": may not contain \'/\'',
    'metadata.namespace: Forbidden: not allowed on this type',
  ]);
});

test('an update keeps identity, and adds no finalizer to what is being deleted', () => {
  const old = { name: 'a', namespace: 'd', uid: '1', resourceVersion: '5', deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(validateMetadataUpdate({ ...old, labels: { a: 'b' } }, old, namespaced)).toEqual([]);
  const next = { ...old, uid: '2', resourceVersion: '', finalizers: ['b.c/d'] };
  expect(validateMetadataUpdate(next, old, namespaced).map(errorText)).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"b.c/d"}',
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    'metadata.uid: Invalid value: "2": field is immutable',
  ]);
});

test('an update is judged by the rules of creates before it is compared with the old object', () => {
  const old = { name: 'a', namespace: 'd', uid: '1', resourceVersion: '5' };
  const managedFields = [{ manager: 'x'.repeat(129), operation: 'Update' as const }];
  const next = { ...old, labels: { '-': '' }, managedFields, deletionGracePeriodSeconds: 1, finalizers: ['a'] };
  expect(validateMetadataUpdate(next, old, namespaced).map(({ field }) => field)).toEqual([
    'metadata.labels',
    'metadata.managedFields[0].manager',
    'metadata.deletionGracePeriodSeconds',
    'metadata.finalizers[0]',
  ]);
});

test('where finalizers are free in the status alone, writes of the whole object have the rule', () => {
  const old = { name: 'a', namespace: 'd', uid: '1', resourceVersion: '5' };
  const kind = { ...namespaced, freeFinalizers: 'in-status' } as const;
  const next = { ...old, finalizers: ['a'] };
  expect(validateMetadataUpdate(next, old, kind, false)).toEqual([]);
  expect(validateMetadataUpdate(next, old, kind).map(errorText)).toEqual([
    'metadata.finalizers[0]: Invalid value: "a": name is neither a standard finalizer name nor is it fully qualified',
  ]);
});
