import { expect, test } from 'vitest';
import { podFrom } from './pod-control.ts';

test('pods have their owner’s name as a prefix, with a dash where that is not too long', () => {
  const prefix = (name: string) =>
    podFrom({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name } }, undefined).metadata.generateName;
  expect(prefix('web')).toBe('web-');
  expect(prefix('a'.repeat(252))).toBe(`${'a'.repeat(252)}-`);
  expect(prefix('a'.repeat(253))).toBe('a'.repeat(253));
});
