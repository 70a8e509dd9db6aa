import { expect, test } from 'vitest';
import { STRING } from '../check/type.ts';
import { DeclaredTypes } from './declared-types.ts';

test('a format that is none of those with a type makes a text', () => {
  const types = new DeclaredTypes();
  const schema = { type: 'string', format: 'constructor' } as const;
  types.declare('Object', { type: 'struct', name: 'A', fields: new Map([['text', { schema }]]) });
  expect(types.fieldsOf('Object')?.get('text')).toEqual(STRING);
});
