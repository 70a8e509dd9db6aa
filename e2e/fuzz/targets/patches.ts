import fc from 'fast-check';
import type { Json } from '../../differential/mutations.ts';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';

const KEYS = [
  'metadata',
  'labels',
  'spec',
  'data',
  'containers',
  'ports',
  'name',
  'a',
  'template',
  '0',
  '-',
  '',
] as const;
const DIRECTIVES = [
  '$patch',
  '$retainKeys',
  '$setElementOrder/containers',
  '$setElementOrder/finalizers',
  '$deleteFromPrimitiveList/finalizers',
  '$deleteFromPrimitiveList/containers',
  '__proto__',
  'constructor',
] as const;

const leaf = fc.oneof(
  fc.constantFrom<Json>(null, 'a', '', 'delete', 'replace', 'merge', 'web', 1, -1, true, {}, []),
  fc.jsonValue({ maxDepth: 1 }),
  fc.bigInt(-(2n ** 63n), 2n ** 63n),
);
const { tree } = fc.letrec<{ tree: Json; object: Json }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', maxDepth: 6 }, leaf, tie('object'), fc.array(tie('tree'), { maxLength: 3 })),
  object: fc.dictionary(fc.constantFrom(...KEYS, ...DIRECTIVES), tie('tree') as fc.Arbitrary<Json>, {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));
const pointer = fc.oneof(
  fc
    .array(fc.constantFrom(...KEYS, '~0', '~1', '~2', '01', '-1', '99999999999', '1e3'), { maxLength: 7 })
    .map((steps) => steps.map((step) => `/${step}`).join('')),
  fc.string({ maxLength: 10 }),
);
const operation = fc.oneof(
  fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'other', ''),
      path: pointer,
      from: pointer,
      value: tree,
    },
    { requiredKeys: ['op', 'path'] },
  ),
  fc.jsonValue({ maxDepth: 1 }),
);

const FORMS: Readonly<Record<string, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const patch = fc.oneof(
  fc.record({ type: fc.constantFrom(...Object.values(FORMS)), body: tree }),
  fc.record({
    type: fc.constant('application/json-patch+json'),
    body: fc.oneof(fc.array(operation, { maxLength: 5 }), fc.jsonValue({ maxDepth: 1 })),
  }),
);

export const patches = target({
  name: 'patches',
  about: 'JSON patches, merge patches, strategic ones with directives, and applies, on an object of every kind',
  quickRuns: 200,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    place: fc.constantFrom('', '', '', '/status', '/scale'),
    patches: fc.array(patch, { minLength: 1, maxLength: 3 }),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, place, patches: all }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const object = scope.manifest(subject, 'a');
        await api.ask({ method: 'POST', path: scope.collection(subject), body: JSON.stringify(object) });
        const path = objectPath(scope, subject, 'a');
        const { apiVersion, kind } = object;
        for (const { type, body } of all) {
          const isPlain = typeof body === 'object' && body !== null && !Array.isArray(body);
          const whole = type === FORMS.apply && isPlain ? { apiVersion, kind, ...body } : body;
          await api.ask({
            method: 'PATCH',
            path: `${path}${place}?fieldManager=one&force=true`,
            headers: { 'content-type': type },
            body: JSON.stringify(whole),
          });
        }
        await api.examine(path);
      },
    };
  },
});
