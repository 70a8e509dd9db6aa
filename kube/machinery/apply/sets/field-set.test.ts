import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldsV1 } from '../../object.ts';
import { difference, MEMBER, union, unionAll } from './field-set.ts';

/** Members as texts. */
function membersOf(set: FieldsV1 | undefined, prefix = ''): string[] {
  if (!set) return [];
  const steps = Object.keys(set);
  const own = steps.length === 0 || MEMBER in set ? [prefix] : [];
  const beneath = steps.filter((step) => step !== MEMBER);
  return [...own, ...beneath.flatMap((step) => membersOf(set[step] as FieldsV1, `${prefix}/${step}`))].sort();
}

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"c"}', 'f:constructor'), { minLength: 1, maxLength: 4 });
const sets = fc
  .array(path, { minLength: 1, maxLength: 6 })
  .map((paths) =>
    unionAll(paths.map((steps) => steps.reduceRight<FieldsV1>((beneath, step) => ({ [step]: beneath }), {}))),
  );

test('unions and differences hold the members that they should, and share the set that stays as it is', () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const [ofA, ofB] = [membersOf(a), membersOf(b)];
      const both = union(a, b);
      expect(membersOf(both)).toEqual([...new Set([...ofA, ...ofB])].sort());
      if (ofB.every((member) => ofA.includes(member))) expect(both).toBe(a);
      const rest = difference(a, b);
      expect(membersOf(rest)).toEqual(ofA.filter((member) => !ofB.includes(member)));
      if (!ofA.some((member) => ofB.includes(member))) expect(rest).toBe(a);
    }),
    { numRuns: 200 },
  );
});
