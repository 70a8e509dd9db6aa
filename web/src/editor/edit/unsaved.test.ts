import { expect, test } from 'vitest';
import { forgetUnsaved, keepUnsaved, unsavedOf } from './unsaved.ts';

const base = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', uid: 'u1' } };
const PATH = '/api/v1/namespaces/default/configmaps/x';

test('an edit is kept by its cluster and object, until it is applied or its person signs out', () => {
  const unsaved = { base, text: 'kind: ConfigMap' };
  keepUnsaved('c1', PATH, unsaved);
  expect(unsavedOf('c1', PATH, 'u1')).toBe(unsaved);
  expect(unsavedOf('c2', PATH, 'u1')).toBeUndefined();
  expect(unsavedOf('c1', PATH, 'made anew')).toBeUndefined();
  keepUnsaved('c1', PATH, undefined);
  expect(unsavedOf('c1', PATH, 'u1')).toBeUndefined();
  keepUnsaved('c1', PATH, unsaved);
  forgetUnsaved();
  expect(unsavedOf('c1', PATH, 'u1')).toBeUndefined();
});
