import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiJson, headerBytes, headersByName, headerText, isEndToEnd } from './headers.ts';

test('headers of one connection, and those that it names, are not passed on', () => {
  expect(isEndToEnd('Upgrade', null)).toBe(false);
  expect(isEndToEnd('x-own', 'close, X-Own')).toBe(false);
  expect(isEndToEnd('x-own', 'close')).toBe(true);
});

test('the values of one name come one after the other', () => {
  const pairs = ['a=1', 'b=2', 'a=3', 'a=4'].map((pair) => pair.split('=') as [string, string]);
  expect(headersByName(pairs)).toEqual({ a: ['1', '3', '4'], b: '2' });
});

test('a value in a header is the same when it is read again', () => {
  const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
    const header = asciiJson({ text });
    expect(header).toMatch(/^[ -~]*$/);
    expect(JSON.parse(header)).toEqual({ text });
  });
  fc.assert(property, { numRuns: 50 });
});

test('a header is the same as bytes and as text', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = headerBytes(text);
      expect(bytes).toMatch(/^[\0-\xff]*$/);
      expect(headerText(bytes)).toBe(text);
    }),
  ));
