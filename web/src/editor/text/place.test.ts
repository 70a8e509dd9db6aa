import { expect, test } from 'vitest';
import { placeAt } from './place.ts';

/** `^` is the cursor. */
function place(text: string) {
  const offset = text.indexOf('^');
  return placeAt(text.replace('^', ''), offset);
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: web
        image: nginx
        env:
        - {name: A, value: b}
`;

test('a key at the top, with what is there', () => {
  expect(place(`${DEPLOYMENT}st^`)).toEqual({
    path: [],
    at: 'key',
    typed: 'st',
    present: ['spec', 'metadata', 'kind', 'apiVersion'],
    column: 0,
  });
});

test.each([
  ['a field of an item whose dash is as far left as its list', '        ', ['image', 'name']],
  ['a field of a mapping that holds a list', '      ', ['containers']],
  ['a field of the mapping further out', '    ', ['spec']],
])('%s', (_, indent, present) => {
  const found = place(`${DEPLOYMENT}${indent}na^`);
  expect(found?.at).toBe('key');
  expect(found?.present).toEqual(expect.arrayContaining(present));
  expect(found?.path).toEqual(
    ['spec', 'template', 'spec', 'containers', 0].slice(0, indent.length === 8 ? 5 : indent.length / 2),
  );
});

test('the first field of a new item, and a nested item', () => {
  expect(place(`${DEPLOYMENT}      - im^`)).toMatchObject({
    path: ['spec', 'template', 'spec', 'containers', 0],
    present: [],
    column: 8,
  });
  const indented = 'spec:\n  containers:\n    - name: a\n      ports:\n        - containerPort: 80\n          pro^';
  expect(place(indented)).toMatchObject({
    path: ['spec', 'containers', 0, 'ports', 0],
    present: ['containerPort'],
  });
});

test('a value', () => {
  expect(place('spec:\n  type: Clu^')).toMatchObject({ path: ['spec', 'type'], at: 'value', typed: 'Clu' });
  expect(place('spec:\n  containers:\n  - imagePullPolicy: ^')).toMatchObject({
    path: ['spec', 'containers', 0, 'imagePullPolicy'],
    at: 'value',
  });
  expect(place('a:\n- b:\n  - c: ^')).toMatchObject({ path: ['a', 0, 'b', 0, 'c'] });
  expect(place('a:\n- - c: ^')).toMatchObject({ path: ['a', 0, 0, 'c'] });
});

test('nothing is proposed in comments, in texts of a block and in flow style', () => {
  expect(place('# a^')).toBeUndefined();
  expect(place('spec: # a^')).toBeUndefined();
  expect(place('data:\n  script: |\n    echo^')).toBeUndefined();
  expect(place('data:\n  script: |\n    if\n      echo^')).toBeUndefined();
  expect(place('data:\n  script: |\n    echo\n  oth^')).toMatchObject({ path: ['data'] });
  expect(place('spec: {re^')).toMatchObject({ at: 'value' });
  expect(place('{re^')).toBeUndefined();
});
