import { expect, test } from 'vitest';
import { compileJsonPath } from './json-path.ts';

const object = {
  metadata: { annotations: { 'example.com/a': 'x' } },
  spec: { color: 'red', sizes: [1, 2, 3], off: false },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', at: 7 },
      { type: 'Stalled', status: 'False', at: 8 },
    ],
  },
};

test.each<[string, unknown[]]>([
  ['.spec.color', ['red']],
  ['spec.color', ['red']],
  ['.spec.off', [false]],
  ['.spec.none.deeper', []],
  ['.spec.constructor', []],
  ['.spec.color.length', []],
  ['.spec.sizes[0]', [1]],
  ['.spec.sizes[-1]', [3]],
  ['.spec.sizes[9]', []],
  ['.spec.sizes[*]', [1, 2, 3]],
  ['.metadata.annotations.example\\.com/a', ['x']],
  [".metadata.annotations['example.com/a']", ['x']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type == 'Stalled')].at", [8]],
  ['.status.conditions[?(@.type!="Ready")].status', ['False']],
  ['.status.conditions[?(@.at==7)].type', ['Ready']],
])('%s', (path, values) => {
  expect(compileJsonPath(path)(object)).toEqual(values);
});

test('a dot alone is the whole object', () => {
  expect(compileJsonPath('.')(object)).toEqual([object]);
});

test.each(['.a[', '.a[?(@.b>1)]', '.a[1:2]', '..a'])('%s is not understood', (path) => {
  expect(() => compileJsonPath(path)).toThrow('is not understood');
});
