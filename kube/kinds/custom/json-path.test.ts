import { expect, test } from 'vitest';
import { compileJsonPath, JsonPathError } from './json-path.ts';

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
  ['.spec.off', [false]],
  ['.spec.none.deeper', []],
  ['.spec.constructor', []],
  ['.spec.color.length', []],
  ['.spec.sizes[0]', [1]],
  ['.spec.sizes[-1]', [3]],
  ['.spec.sizes[9]', []],
  ['.spec.sizes[*]', [1, 2, 3]],
  ['.metadata.annotations.example\\.com/a', ['x']],
  [".metadata.annotations['example\\.com/a']", ['x']],
  [".metadata.annotations['example.com/a']", []],
  [".['spec'].color", []],
  ['.', []],
  ['.spec.color ', ['red']],
  ['.spec.color} and {.spec.off', ['red']],
  ['.spec.sizes[0:2]', [1, 2]],
  ['.spec.sizes[1:]', [2, 3]],
  ['.spec.sizes[::2]', [1, 3]],
  ['.spec.sizes[-2:]', [2, 3]],
  ['.spec.sizes[]', [1]],
  ['.spec.sizes[2,0]', [3, 1]],
  ['.spec.sizes[0:9]', []],
  ['.spec.sizes[2:1]', []],
  ['.spec.sizes[1:1]', []],
  ['.spec.sizes[0:2:0]', []],
  ['.spec.color[0]', []],
  [".spec['color','off']", ['red', false]],
  ['..type', ['Ready', 'Stalled']],
  ['.status..at', [7, 8]],
  ['.status.conditions[?(@.at>7)].type', ['Stalled']],
  ['.status.conditions[?(@.at<=7)].type', ['Ready']],
  ['.status.conditions[?(@.at>=7)].type', ['Ready', 'Stalled']],
  ['.status.conditions[?(@.at<7.5)].type', []],
  ['.status.conditions[?(@.at===7)].type', []],
  ['.status.conditions[?(@.at)].type', ['Ready', 'Stalled']],
  ['.status.conditions[?(@.none)].type', []],
  ['.status.conditions[?("Ready"==@.type)].at', [7]],
  ['.spec[?(@.color)]', []],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type == 'Stalled')].at", [8]],
  ['.status.conditions[?(@.type!="Ready")].status', ['False']],
  ['.status.conditions[?(@.at==7)].type', ['Ready']],
])('%s', (path, values) => {
  expect(compileJsonPath(path)(object)).toEqual(values);
});

test.each([
  '.a[',
  '.a[b]',
  '.a[-]',
  '.a["b"]',
  '.a,b',
  '....a',
  '.a[?(@.b==1]',
  '.a[?(@.b=="x)]',
  '.a[?(@.b==`x`)]',
  ".a 'b",
  '.a 1.2.3',
])('%s is no path', (path) => {
  expect(() => compileJsonPath(path)).toThrow(JsonPathError);
});

test('descents within descents end', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 1000; depth++) deep = { a: deep };
  expect(compileJsonPath('..a..a..a..a')(deep)).toEqual([]);
  expect(compileJsonPath('..a')(deep)).toHaveLength(1000);
});
