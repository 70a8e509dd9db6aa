import { expect, test } from 'vitest';
import { ApiError } from '../../api/request.ts';
import { parseTree } from '../text/tree.ts';
import { managersInConflict, placedProblems } from './problems.ts';

const TEXT = 'spec:\n  replicas: -1\n  template:\n    spec:\n      containers:\n      - name: A\n        imagee: b\n';

function placed(error: ConstructorParameters<typeof ApiError>[0]) {
  const found = placedProblems(new ApiError(error), parseTree(TEXT).root);
  return found.map(({ message, at }) => [message, at && TEXT.slice(at.from, at.to)]);
}

test('causes stand at their fields, or at what is nearest', () => {
  const causes = [
    { field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' },
    { field: 'spec.template.spec.containers[0].ports[3]', message: 'Required value' },
    { field: '<nil>', message: 'Forbidden' },
  ];
  expect(placed({ code: 422, message: 'Deployment is invalid', details: { causes } })).toEqual([
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0', 'replicas'],
    ['spec.template.spec.containers[0].ports[3]: Required value', '- name: A\n        imagee: b\n'.slice(2)],
    ['<nil>: Forbidden', 'spec'],
  ]);
});

test('fields that a strict decoder refuses, and what is about the whole', () => {
  const message = 'strict decoding error: unknown field "spec.template.spec.containers[0].imagee"';
  expect(placed({ code: 400, message })).toEqual([
    ['unknown field "spec.template.spec.containers[0].imagee"', 'imagee'],
  ]);
  expect(placed({ code: 403, message: 'forbidden' })).toEqual([['forbidden', undefined]]);
});

test('the managers of an apply’s conflict', () => {
  const cause = (field: string, manager: string) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using apps/v1`,
    field,
  });
  const causes = [cause('.spec.replicas', 'hpa'), cause('.spec.paused', 'kubectl'), cause('.spec.x', 'hpa')];
  expect(managersInConflict(new ApiError({ code: 409, details: { causes } }))).toEqual([
    { manager: 'hpa', fields: ['.spec.replicas', '.spec.x'] },
    { manager: 'kubectl', fields: ['.spec.paused'] },
  ]);
});
