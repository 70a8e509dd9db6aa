import fc from 'fast-check';
import type { Json } from '../../differential/mutations.ts';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';

const STEPS = [
  'f:metadata',
  'f:labels',
  'f:a',
  'f:spec',
  'f:data',
  'f:containers',
  'f:ports',
  'k:{"name":"main"}',
  'k:{"port":80,"protocol":"TCP"}',
  'k:{}',
  'k:{"a":',
  'v:"a"',
  'v:1',
  'v:',
  'i:0',
  'i:-1',
  'i:99999999999999999999',
  '.',
  'f:__proto__',
  'zz',
  '',
] as const;
const { set } = fc.letrec<{ set: Json }>((tie) => ({
  set: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.constantFrom<Json>({}, null, 1, 'x', []),
    fc.dictionary(fc.constantFrom(...STEPS), tie('set'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const entry = fc.oneof(
  fc.record(
    {
      manager: fc.constantFrom('one', 'two', '', 'x'.repeat(129)),
      operation: fc.constantFrom('Apply', 'Update', 'Other'),
      apiVersion: fc.constantFrom('v1', 'apps/v1', 'v9', ''),
      time: fc.constantFrom('2026-01-01T00:00:00Z', 'x'),
      fieldsType: fc.constantFrom('FieldsV1', 'FieldsV2'),
      fieldsV1: set,
      subresource: fc.constantFrom('', 'status', 'scale', 'x'),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 1 }),
);

export const managedFields = target({
  name: 'managed-fields',
  about: 'replacements that bring managedFields of their own, then applies of two managers',
  quickRuns: 100,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    entries: fc.oneof(fc.array(entry, { maxLength: 3 }), fc.constant(null)),
    labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { noNullPrototype: true }),
    force: fc.boolean(),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, entries, labels, force }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const object = scope.manifest(subject, 'a');
        const path = objectPath(scope, subject, 'a');
        const body = JSON.stringify(object);
        const headers = { 'content-type': 'application/apply-patch+yaml' };
        await api.ask({ method: 'PATCH', path: `${path}?fieldManager=one`, headers, body });
        const current = (await api.ask({ method: 'GET', path })).body;
        if (current?.kind === object.kind) {
          current.metadata.managedFields = entries;
          await api.ask({ method: 'PUT', path, body: JSON.stringify(current) });
        }
        const { apiVersion, kind } = object;
        const part = JSON.stringify({ apiVersion, kind, metadata: { labels } });
        for (const manager of ['one', 'two']) {
          await api.ask({
            method: 'PATCH',
            path: `${path}?fieldManager=${manager}&force=${force}`,
            headers,
            body: part,
          });
        }
        await api.examine(path);
      },
    };
  },
});
