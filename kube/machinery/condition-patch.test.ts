import { expect, test } from 'vitest';
import { conditionPatch } from './condition-patch.ts';

test('a condition that is there keeps its place, and a new one comes last', () => {
  const present = [{ type: 'Ready' }, { type: 'PodScheduled' }];
  const order = (type: string) =>
    (conditionPatch(present, { type }) as Record<string, { type: string }[]>)['$setElementOrder/conditions'];
  expect(order('Ready')).toEqual(present);
  expect(order('DisruptionTarget')).toEqual([...present, { type: 'DisruptionTarget' }]);
  expect(conditionPatch(undefined, { type: 'Ready' })).toEqual({
    conditions: [{ type: 'Ready' }],
    '$setElementOrder/conditions': [{ type: 'Ready' }],
  });
});
