import { expect, test } from 'vitest';
import { customColumns } from './columns.ts';

const column = (name: string, jsonPath: string) => ({ name, type: 'string', jsonPath });

test('columns end where a path is not understood, as upstream’s do', () => {
  const columns = customColumns([column('A', '.spec.a'), column('B', '.spec.a['), column('C', '.spec.c')]);
  expect(columns.map(({ name }) => name)).toEqual(['Name', 'A']);
});

test.each<[string, unknown, unknown]>([
  ['string', { b: 1, a: '<' }, '{"a":"\\u003c","b":1}'],
  ['string', null, '<no value>'],
  ['string', 0.00001, '1e-05'],
  ['string', 1234567.5, '1.2345675e+06'],
  ['string', true, 'true'],
  ['integer', 1.9, 1],
  ['integer', '1', null],
  ['boolean', 'true', null],
  ['date', '2026-01-01T00:00:00Z', '24h'],
  ['date', '2026-01-01T00:00:00,5Z', '23h'],
  ['date', '2026-01-01', '<invalid>'],
  ['date', '2026-01-01T00:00:00', '<invalid>'],
  ['date', '2026-01-01t00:00:00z', '<invalid>'],
  ['date', 'Jan 1 2026', '<invalid>'],
  ['date', '2026-02-30T00:00:00Z', '<invalid>'],
  ['date', '0001-01-01T00:00:00Z', '<unknown>'],
  ['date', 'null', '<unknown>'],
  ['date', '', '<unknown>'],
  ['date', 5, null],
])('a column of type %s shows %j as %j', (type, value, shown) => {
  expect(cell(type, value)).toBe(shown);
});

test('a number that no int64 holds becomes the least one', () => {
  expect(cell('integer', 1e21)).toBe(-(2n ** 63n));
});

function cell(type: string, value: unknown): unknown {
  const [, made] = customColumns([{ name: 'A', type, jsonPath: '.spec.a' }]);
  const object = { apiVersion: 'a/v1', kind: 'A', metadata: {}, spec: { a: value } };
  return made?.cell(object, Date.parse('2026-01-02T00:00:00Z'));
}
