import fc from 'fast-check';
import { stringify } from 'yaml';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\\u0000',
  '\\ud800',
  'null',
  '1e999',
  '-0',
  '9223372036854775808',
  '9007199254740993',
  '0x10',
  '__proto__',
  'constructor',
  '\n',
  '\t',
  '  ',
  '- ',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!set ',
  '? ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '|\n',
  '>-\n',
  '#',
  "'",
  '\u2028',
  '\ufeff',
  '~',
  'yes',
  '2026-01-02',
] as const;

const piece = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.json({ maxDepth: 2 }),
);
const edits = fc.array(fc.record({ at: fc.nat(4000), drop: fc.nat(12), put: piece }), { maxLength: 5 });
const TYPES = ['application/json', 'application/yaml', 'application/apply-patch+yaml', 'application/merge-patch+json'];

export const bodies = target({
  name: 'bodies',
  about: 'JSON and YAML texts with pieces torn out and put in, as creates, replacements, patches and options',
  quickRuns: 150,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    type: fc.constantFrom(...TYPES),
    method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
    validation: fc.constantFrom('', '&fieldValidation=Strict', '&fieldValidation=Ignore'),
    edits: fc.oneof(edits, piece),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, type, method, validation, edits: changes }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const object = scope.manifest(subject, 'a');
        let text = type.endsWith('yaml') ? stringify(object) : JSON.stringify(object);
        if (typeof changes === 'string') text = changes;
        else {
          for (const { at, drop, put } of changes) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + put + text.slice(place + drop);
          }
        }
        const path = objectPath(scope, subject, 'a');
        if (method !== 'POST') {
          await api.ask({ method: 'POST', path: scope.collection(subject), body: JSON.stringify(object) });
        }
        await api.ask({
          method,
          path: `${method === 'POST' ? scope.collection(subject) : path}?fieldManager=one${validation}`,
          headers: { 'content-type': type },
          body: text,
        });
        await api.examine(path);
      },
    };
  },
});
