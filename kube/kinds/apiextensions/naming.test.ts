import { expect, test } from 'vitest';
import { decideNames } from './naming.ts';

const NAMES = { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' };
const NONE = { resources: new Set<string>(), kinds: new Set<string>() };

test('a short name of another definition is told, one that was accepted is not', () => {
  const asked = { ...NAMES, shortNames: ['x', 'y'] };
  const taken = { ...NONE, resources: new Set(['x', 'y']) };
  expect(decideNames(asked, { ...NAMES, shortNames: ['x'] }, taken).condition).toMatchObject({
    status: 'False',
    reason: 'ShortNamesConflict',
    message: '"y" is already in use',
  });
});
