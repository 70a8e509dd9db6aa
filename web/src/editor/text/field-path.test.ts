import { expect, test } from 'vitest';
import { parseFieldPath, strictProblems } from './field-path.ts';

test.each([
  ['spec.replicas', ['spec', 'replicas']],
  [
    'spec.template.spec.containers[0].ports[12].name',
    ['spec', 'template', 'spec', 'containers', 0, 'ports', 12, 'name'],
  ],
  ['metadata.labels[app.kubernetes.io/name]', ['metadata', 'labels', 'app.kubernetes.io/name']],
  ['metadata.annotations["a]b"].x', ['metadata', 'annotations', 'a]b', 'x']],
  ['data[some.file]', ['data', 'some.file']],
  ['', []],
])('%s', (text, path) => {
  expect(parseFieldPath(text)).toEqual(path);
});

test('fields that a strict decoder names', () => {
  const message =
    'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo", duplicate field "spec.replicas"';
  expect(strictProblems(message)).toEqual([
    { field: 'spec.foo', message: 'unknown field "spec.foo"' },
    { field: 'spec.replicas', message: 'duplicate field "spec.replicas"' },
  ]);
});
