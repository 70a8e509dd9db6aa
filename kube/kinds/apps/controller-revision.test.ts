import { expect, test } from 'vitest';
import { anObject, createErrors, updateErrors } from '../../testing/strategy.ts';
import { controllerRevision } from './controller-revision.ts';

test('the data of a revision is an object and immutable', () => {
  const revision = (data: unknown, number = 1) => anObject(controllerRevision, { data, revision: number });
  expect(createErrors(controllerRevision, revision(undefined, -1))).toEqual([
    'revision: Invalid value: -1: must be greater than or equal to 0',
    'data: Required value: data is mandatory',
  ]);
  expect(createErrors(controllerRevision, revision([]))).toEqual([
    'data: Required value: data must be a valid JSON object',
  ]);
  const change = updateErrors(controllerRevision, revision({ a: 1 }), (next) =>
    Object.assign(next, { data: { a: 2 } }),
  );
  expect(change).toEqual(['data: Invalid value: {"a":2}: field is immutable']);
  const gone = updateErrors(controllerRevision, revision({ a: 1 }), (next) => {
    delete (next as { data?: unknown }).data;
  });
  expect(gone).toEqual(['data: Invalid value: null: field is immutable']);
});
