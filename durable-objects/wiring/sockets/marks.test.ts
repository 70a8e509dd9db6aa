import { expect, test } from 'vitest';
import { CREDIT_STEP } from '../../../wire/socket.ts';
import { addFrame, noMarks, takeMark } from './marks.ts';

test('a mark follows each step, and proves what was sent before it, once', () => {
  const marks = noMarks();
  let count = 0;
  const send = (units: number) => addFrame(marks, units, () => `m${++count}`);
  expect([send(CREDIT_STEP - 1), send(1), send(10), send(2 * CREDIT_STEP)]).toEqual([undefined, 'm1', undefined, 'm2']);
  expect(takeMark(marks, 'guessed')).toBe(0);
  expect(takeMark(marks, 'm1')).toBe(CREDIT_STEP);
  expect(takeMark(marks, 'm1')).toBe(0);
  expect(send(CREDIT_STEP)).toBe('m3');
  // The last one proves the one before it, too.
  expect(takeMark(marks, 'm3')).toBe(3 * CREDIT_STEP + 10);
  expect(takeMark(marks, 'm2')).toBe(0);
  expect(marks).toEqual(noMarks());
});
