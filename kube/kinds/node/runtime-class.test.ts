import { expect, test } from 'vitest';
import { anObject, createErrors } from '../../testing/strategy.ts';
import { runtimeClass } from './runtime-class.ts';

test('a toleration is given once, whatever its seconds', () => {
  const toleration = { key: 'k', operator: 'Exists', effect: 'NoExecute' };
  const errors = (...tolerations: object[]) =>
    createErrors(runtimeClass, anObject(runtimeClass, { handler: 'h', scheduling: { tolerations } }));
  expect(errors(toleration, { ...toleration, effect: 'NoSchedule' })).toEqual([]);
  expect(errors(toleration, { ...toleration, tolerationSeconds: 5 })).toEqual([
    'scheduling.tolerations[1]: Duplicate value: {"Key":"k","Operator":"Exists","Value":"","Effect":"NoExecute","TolerationSeconds":5}',
  ]);
});
