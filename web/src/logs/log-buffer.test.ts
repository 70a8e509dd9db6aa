import { expect, test } from 'vitest';
import { LogBuffer } from './log-buffer.ts';

const line = (time: string, text = time) => ({ time, text });
const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text).join(' ');

test('what comes together is put in the order of its times; what is shown stays', () => {
  const buffer = new LogBuffer();
  buffer.add(0, [line('1'), line('3'), line('5')]);
  buffer.add(1, [line('2'), line('4')]);
  expect(texts(buffer.flush().lines)).toBe('1 2 3 4 5');
  buffer.add(1, [line('0')]);
  expect(buffer.isWaiting).toBe(true);
  expect(texts(buffer.flush().lines)).toBe('0');
  expect(buffer.isWaiting).toBe(false);
  expect(texts(buffer.lines)).toBe('1 2 3 4 5 0');
});

test('a line without a time stays behind the one before it', () => {
  const buffer = new LogBuffer();
  buffer.add(0, [line('2'), line('', 'trace'), line('3')]);
  buffer.add(1, [line('1')]);
  const order = texts(buffer.flush().lines);
  expect(order.indexOf('trace')).toBeGreaterThan(order.indexOf('2'));
  expect(order.indexOf('3')).toBeGreaterThan(order.indexOf('trace'));
});

test('the oldest go, many at a time', () => {
  const buffer = new LogBuffer(10, 5);
  buffer.add(
    0,
    Array.from({ length: 14 }, (_, index) => line(String(index))),
  );
  expect(buffer.flush().dropped).toBe(0);
  expect(buffer.lines).toHaveLength(10);
  buffer.add(
    0,
    [1, 2, 3].map((each) => line(`x${each}`)),
  );
  expect(buffer.flush().dropped).toBe(0);
  buffer.add(
    0,
    [4, 5, 6].map((each) => line(`x${each}`)),
  );
  expect(buffer.flush().dropped).toBe(6);
  expect(texts(buffer.lines)).toBe('10 11 12 13 x1 x2 x3 x4 x5 x6');
});
