import { expect, test } from 'vitest';
import { customColumns } from './columns.ts';

const column = (name: string, jsonPath: string) => ({ name, type: 'string', jsonPath });

test('columns end where a path is not understood, as upstream’s do', () => {
  const columns = customColumns([column('A', '.spec.a'), column('B', '.spec.a['), column('C', '.spec.c')]);
  expect(columns.map(({ name }) => name)).toEqual(['Name', 'A']);
});
