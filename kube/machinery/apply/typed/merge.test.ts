import { expect, test } from 'vitest';
import type { Schema } from '../../schema/schema.ts';
import { merge } from './merge.ts';

const open: Schema = { type: 'any' };
const map: Schema = { type: 'map', values: { type: 'string' } };
const set: Schema = { type: 'list', items: { type: 'string' }, listType: 'set' };

test.each([
  [open, [1], null, null],
  [open, 'a', null, null],
  [open, [1], {}, {}],
  [open, { a: 1 }, null, { a: 1 }],
  [open, { a: 1 }, {}, { a: 1 }],
  [open, { a: { b: [1], c: 1 } }, { a: { b: null } }, { a: { b: null, c: 1 } }],
  [map, {}, null, null],
  [map, null, {}, {}],
  [map, { a: 'b' }, null, { a: 'b' }],
  [set, [], null, null],
  [set, null, [], []],
  [set, ['a'], null, ['a']],
])('%j: %j and %j merge to %j', (schema, live, config, merged) => {
  expect(merge(schema, live, config)).toEqual(merged);
});
