import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Listing, listingText, type OutputFormat } from './listing.ts';

const listing: Listing<{ name: string; id: string }> = {
  items: [
    { name: 'default', id: 'a1' },
    { name: 'no', id: '007' },
  ],
  nameOf: ({ name }) => name,
  head: ['NAME', 'ID'],
  row: ({ name, id }) => [name, id],
  empty: 'none: make one with `islet clusters create NAME`',
};
const print = (format: OutputFormat, items = listing.items): string => listingText(format, { ...listing, items });

test('a table has its columns three spaces apart, and an empty one says what to do', () => {
  expect(print('table')).toBe('NAME      ID\ndefault   a1\nno        007');
  expect(print('table', [])).toBe(listing.empty);
});

test('programs get every field, and an empty text for an empty list', () => {
  expect(JSON.parse(print('json'))).toEqual({ items: listing.items });
  expect(parse(print('yaml'))).toEqual({ items: listing.items });
  expect(print('name')).toBe('default\nno');
  expect([JSON.parse(print('json', [])), print('name', [])]).toEqual([{ items: [] }, '']);
});
