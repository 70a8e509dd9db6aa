import { expect, test } from 'vitest';
import { bytesText, dollarsText, sumOf } from './figures.ts';

test('bytes and dollars are short, and never nothing where there is something', () => {
  expect([0, 900, 1536, 20_000_000, 1024 ** 4].map((bytes) => bytesText(bytes, 'en'))).toEqual([
    '0 B',
    '900 B',
    '1.5 KiB',
    '19 MiB',
    '1,024 GiB',
  ]);
  expect([0, 1e-9, 0.000_123, 0.5, 12.345].map((amount) => dollarsText(amount, 'en'))).toEqual([
    '$0.00',
    '$0.000001',
    '$0.00012',
    '$0.50',
    '$12.35',
  ]);
});

test('days are summed', () => {
  const day = {
    requests: 1,
    messages: 2,
    rowsRead: 3,
    rowsWritten: 4,
    activeSeconds: 5,
    bytesSent: 6,
    streamSeconds: 7,
  };
  expect(sumOf([day, day])).toEqual({
    requests: 2,
    messages: 4,
    rowsRead: 6,
    rowsWritten: 8,
    activeSeconds: 10,
    bytesSent: 12,
    streamSeconds: 14,
  });
  expect(sumOf([]).requests).toBe(0);
});
