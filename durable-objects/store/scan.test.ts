import { expect, test } from 'vitest';
import { SCAN_PIECE, Scans } from './scan.ts';
import type { Stored } from './store.ts';

const keyOf = (n: number) => `pods/default/n${String(n).padStart(4, '0')}`;

/** A table of texts that counts the rows that are read: a cursor that is left is read to its end. */
function tableOf(texts: readonly string[]) {
  const table = { read: 0, page };
  function* page(after: string | undefined, limit: number): Generator<Stored> {
    const from = after === undefined ? 0 : texts.findIndex((_, n) => keyOf(n) > after);
    if (from < 0) return;
    const rows = texts.slice(from, from + limit);
    try {
      for (const [n, text] of rows.entries()) yield { key: keyOf(from + n), revision: 1, created: 1, text };
    } finally {
      table.read += rows.length;
    }
  }
  return table;
}

/** Reads everything, with a write after each object. */
function readUnderWrites(texts: readonly string[]): { read: number; found: string[] } {
  const table = tableOf(texts);
  const scans = new Scans();
  const found: string[] = [];
  for (const { text } of scans.read(undefined, table.page)) {
    found.push(text);
    scans.cut();
  }
  return { read: table.read, found };
}

test('objects as large as they may be are hardly read twice, however often the scan is cut', () => {
  const texts = Array.from({ length: 100 }, (_, n) => String(n).padEnd(1024 * 1024));
  const { read, found } = readUnderWrites(texts);
  expect(found).toEqual(texts);
  expect(read).toBeLessThan(texts.length + 20);
});

test('where small objects are followed by large ones, only one cursor is cut that is too long', () => {
  const large = 'x'.repeat(1024 * 1024);
  const texts = [...Array<string>(3 * SCAN_PIECE).fill('small'), ...Array<string>(100).fill(large)];
  const table = tableOf(texts);
  const scans = new Scans();
  const found: string[] = [];
  for (const { text } of scans.read(undefined, table.page)) {
    found.push(text);
    if (text === large) scans.cut();
  }
  expect(found).toEqual(texts);
  expect(table.read).toBeLessThan(texts.length + SCAN_PIECE);
});

test('a scan during which there is no write reads each row once', () => {
  const texts = Array.from({ length: 3 * SCAN_PIECE + 7 }, (_, n) => String(n));
  const table = tableOf(texts);
  expect([...new Scans().read(undefined, table.page)].map(({ text }) => text)).toEqual(texts);
  expect(table.read).toBe(texts.length);
});
