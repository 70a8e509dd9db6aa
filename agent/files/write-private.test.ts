import type * as fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { writeMembership } from '../api/join.ts';

const steps = vi.hoisted(() => [] as unknown[]);
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof fs>()),
  mkdirSync: () => {},
  writeFileSync: (_: string, __: string, options: object) => void steps.push(options),
  renameSync: () => void steps.push('rename'),
}));

test("a node's membership is on the disk before its name is: a loss of power must not take the only token", () => {
  writeMembership('/state', { server: 's', nodeName: 'n', token: 't' });
  expect(steps).toEqual([{ mode: 0o600, flush: true }, 'rename']);
});
