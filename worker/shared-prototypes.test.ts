import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { closePrototypes } from './shared-prototypes.ts';

test('prototypes that all objects share cannot be extended', () => {
  const context = createContext({});
  const run = (code: string): unknown => runInContext(`"use strict"; ${code}`, context);
  closePrototypes(run('globalThis') as typeof globalThis);
  for (const step of ['__proto__', 'constructor.prototype']) {
    expect(() => run(`({}).${step}.polluted = 1`)).toThrow('object is not extensible');
  }
  expect(run('JSON.stringify(Object.assign({}, { toString: 1, polluted: 2 }))')).toBe('{"toString":1,"polluted":2}');
  expect(run('({}).polluted')).toBeUndefined();
});
