import { expect, test } from 'vitest';
import { anObject, createErrors } from '../../testing/strategy.ts';
import { apiService } from './api-service.ts';

const spec = { group: 'a.b', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };
const errors = (metadata: object) => createErrors(apiService, anObject(apiService, { metadata, spec }));

test('an API service is called by its version and group, also where its name is generated', () => {
  const why = (value: string) => `Invalid value: "${value}": must be \`spec.version+"."+spec.group\`: "v1.a.b"`;
  const ofNames = (metadata: object) => errors(metadata).filter((text) => text.startsWith('metadata.'));
  expect(ofNames({ name: 'v1.a.b' })).toEqual([]);
  expect(ofNames({})).toEqual([]);
  expect(ofNames({ generateName: 'x', name: 'xy' })).toEqual([
    `metadata.generateName: ${why('x')}`,
    `metadata.name: ${why('xy')}`,
  ]);
});

test('finalizers of an API service need no domain, and its status endpoint keeps what a client may not set there', () => {
  expect([apiService.freeFinalizers, apiService.statusKeeps]).toEqual([
    true,
    ['labels', 'annotations', 'finalizers', 'ownerReferences'],
  ]);
});
