import { expect, test } from 'vitest';
import { deviceMatches } from './matches.ts';

const device = {
  driver: 'd.example.com',
  attributes: {
    model: { string: 'x' },
    cores: { int: 9007199254740993n },
    fast: { bool: true },
    version: { version: '1.10.0' },
    'other.example.com/model': { string: 'y' },
  },
  capacity: { memory: { value: '10Gi' } },
};

test.each([
  'device.driver == "d.example.com" && !device.allowMultipleAllocations',
  'device.attributes["d.example.com"].model == "x" && device.attributes["other.example.com"].model == "y"',
  'device.attributes["d.example.com"].cores == 9007199254740993',
  'device.attributes["d.example.com"].fast',
  'device.attributes["d.example.com"].version.isGreaterThan(semver("1.9.0"))',
  'device.capacity["d.example.com"].memory.compareTo(quantity("10Gi")) == 0',
  // A domain that is not there is empty, and not among those that are.
  'device.attributes["none"].size() == 0 && !("none" in device.attributes) && device.attributes.size() == 2',
  'device.attributes["none"].?model.orValue("z") == "z"',
])('a device is chosen: %s', (expression) => {
  expect(deviceMatches(expression, device)).toBe(true);
});

test.each([
  ['device.attributes["none"].model == "x"', 'CEL runtime error: no such key: model'],
  [
    'device.attributes["d.example.com"].model',
    'CEL runtime error: CEL result of type string could not be converted to bool',
  ],
  ['device.attributes["d.example.com"].cores', "unsupported type conversion from 'int' to bool"],
  ['device.driver', 'CEL compile error: must evaluate to bool or the unknown type, not string'],
])('what cannot be told is an error: %s', (expression, error) => {
  expect(deviceMatches(expression, device)).toMatchObject({ error: expect.stringContaining(error) });
});

test('an attribute without a value that is known is an error', () => {
  expect(deviceMatches('true', { driver: 'd', attributes: { a: {} } })).toEqual({
    error: 'CEL runtime error: attribute a: unsupported attribute value',
  });
});
