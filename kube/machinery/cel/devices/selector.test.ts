import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileDeviceSelector } from './selector.ts';

const FITS = { isTooComplex: false };

test.each([
  'device.driver == "gpu.example.com" && device.allowMultipleAllocations',
  'device.attributes["gpu.example.com"].shared',
  'device.capacity["gpu.example.com"].memory.isGreaterThan(quantity("1Gi"))',
  'cel.bind(gpu, device.attributes["gpu.example.com"], gpu.ready && gpu.version.isGreaterThan(semver("1.2.3")))',
  'device.attributes.all(a, device.attributes.all(b, device.attributes.all(c, a != b && b != c)))',
])('a selector that fits: %s', (expression) => {
  expect(compileDeviceSelector(expression)).toEqual(FITS);
});

test.each([
  ['device.vendor == "x"', "undefined field 'vendor'"],
  ['device.attributes["a"].list.exists(x, x)', "expression of type 'any' cannot be range of a comprehension"],
  ['device.attributes["a"]', 'must evaluate to bool or the unknown type, not map(string, google.protobuf.Any)'],
  ['device.driver', 'must evaluate to bool or the unknown type, not string'],
  ['device.capacity["a"].memory == 1', "found no matching overload for '_==_' applied to '(kubernetes.Quantity, int)'"],
  ['cel.bind(a.b, 1, true)', 'cel.bind() variable names must be simple identifiers'],
  ['object.spec', "undeclared reference to 'object'"],
  ['device.', 'Syntax error'],
])('what does not is told in upstream’s words: %s', (expression, why) => {
  expect(compileDeviceSelector(expression).error).toContain(why);
});

test('a selector that may cost too much for the largest device is too complex', () => {
  const each = (name: string, inner: string) => `device.attributes.all(${name}, ${inner})`;
  const deep = ['a', 'b', 'c', 'd'].reduceRight((inner, name) => each(name, inner), 'a != b && c != d');
  expect(compileDeviceSelector(deep)).toEqual({ isTooComplex: true });
});

test('any text is a selector, or has an error', () => {
  const part = fc.constantFrom(
    'device',
    '.driver',
    '.attributes',
    '["a"]',
    'cel.bind(',
    'x',
    ',',
    ')',
    ' == ',
    '"a"',
    '1',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const { error, isTooComplex } = compileDeviceSelector(parts.join(''));
      expect(typeof isTooComplex).toBe('boolean');
      if (error !== undefined) expect(error).not.toBe('');
    }),
    { numRuns: 60 },
  );
});
