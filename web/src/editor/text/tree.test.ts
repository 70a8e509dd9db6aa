import { expect, test } from 'vitest';
import { keyAt, parseTree, rangeAt, toYaml } from './tree.ts';

const TEXT = `kind: Pod
spec:
  containers:
  - name: a
    ports:
    - {name: web, containerPort: 80}
  - name: b
data:
  a.b: c
`;

test.each([
  [['spec', 'containers', 1, 'name'], 'name', 'b'],
  [['spec', 'containers', 0, 'ports', 0, 'containerPort'], 'containerPort', ': 80'],
  [['data', 'a.b'], 'a.b', ': c'],
  [['spec', 'containers', 7], 'containers', ':'],
  [['nothing'], 'kind', ': Pod'],
  [['spec', 'containers', 0, 'ports', 'web', 'name'], 'name', ': web'],
])('the place of %j, or of what is nearest to it', (path, text) => {
  const { from, to } = rangeAt(parseTree(TEXT).root, path);
  expect(TEXT.slice(from, to)).toBe(text);
});

test('the key at a place', () => {
  const { root } = parseTree(TEXT);
  expect(keyAt(root, TEXT.indexOf('containerPort') + 3)?.path).toEqual([
    'spec',
    'containers',
    0,
    'ports',
    0,
    'containerPort',
  ]);
  expect(keyAt(root, TEXT.indexOf('80'))).toBeUndefined();
});

test('values are read as kubectl reads them', () => {
  const text = 'a: yes\nb: 8080:80\nc: 2001-01-01\nd: 0644\ne: "no"\nf: null\ng: 1.5\nbase: &b {x: 1}\nh: {<<: *b}\n';
  expect(parseTree(text).value()).toEqual({
    a: true,
    b: '8080:80',
    c: '2001-01-01',
    d: 420,
    e: 'no',
    f: null,
    g: 1.5,
    base: { x: 1 },
    h: { x: 1 },
  });
  expect(parseTree('{"a": [1, "b"]}').value()).toEqual({ a: [1, 'b'] });
});

test('what can’t be read says where', () => {
  const { problems, value } = parseTree('a: [1\nb: 2\n');
  expect(problems[0]?.message).toContain('Flow sequence');
  expect(value()).toBeUndefined();
  expect(parseTree('a: 1\na: 2\n').problems).toEqual([{ from: 5, to: 6, message: 'Map keys must be unique' }]);
});

test('an object is written so that it is read as the same', () => {
  const value = {
    a: 'yes',
    b: '0644',
    c: 'on',
    d: '2001-01-01',
    e: ['1', 1, true],
    f: 'a\nb\n',
    g: { h: '8080:80' },
    i: '',
  };
  const text = toYaml(value);
  expect(text.startsWith('a: "yes"\n')).toBe(true);
  expect(parseTree(text).value()).toEqual(value);
});
