import { expect, test } from 'vitest';
import { columnsText, parseColumns } from '../print/columns.ts';
import { annotationLines } from './parts.ts';
import { Sheet } from './sheet.ts';

test('what an object says is shown in a terminal, and moves nothing in it', () => {
  const sheet = new Sheet();
  annotationLines(sheet, 'Annotations', { a: 'x\x1b[2J\ry' });
  expect(sheet.text()).toBe('Annotations:  a: x^[[2J\\ry\n');
  const object = { metadata: { name: 'web' }, status: { message: '\x1b[8mhidden' } };
  expect(columnsText(parseColumns('M:.status.message'), [object as never], true)).toContain('^[[8mhidden');
});
