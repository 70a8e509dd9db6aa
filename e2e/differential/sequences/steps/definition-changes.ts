/** Changes of a definition's spec: most are valid, and each has consequences for objects that are stored. */
import type { Json } from '../../mutations.ts';
import type { Tape } from '../../tape.ts';

/** Reads the tape at once, and changes the spec in place. */
export type Change = (tape: Tape) => (spec: Json) => void;

const at = (tape: Tape, change: (version: Json) => void) => {
  const index = tape.below(3);
  return (spec: Json) => {
    const version = spec.versions[index % spec.versions.length];
    if (version) change(version);
  };
};

/** Of the properties of an object's spec. */
const properties = (tape: Tape, change: (properties: Json, specSchema: Json, root: Json) => void) =>
  at(tape, ({ schema }) => {
    const root = schema?.openAPIV3Schema ?? {};
    const specSchema = root.properties?.spec ?? {};
    specSchema.properties ??= {};
    change(specSchema.properties, specSchema, root);
  });

/** A field's schema is put in the place of the one before; undefined: the field is no longer there. */
const FIELDS: readonly (readonly [string, Json])[] = [
  ['note', undefined],
  ['note', { type: 'integer' }],
  ['note', { type: 'string', nullable: true, default: null }],
  ['note', { type: 'string', default: 'hello' }],
  ['note', { 'x-kubernetes-int-or-string': true }],
  ['size', { type: 'string' }],
  ['size', { type: 'integer', default: 9 }],
  ['size', { type: 'integer', maximum: 1 }],
  ['size', { type: 'integer', default: 20, maximum: 10 }],
  ['size', { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'it only grows' }] }],
  ['mode', { type: 'string', enum: ['a'] }],
  ['mode', { type: 'string', enum: [] }],
  ['mode', { type: 'string', pattern: '^[a-b]$', 'x-kubernetes-validations': [{ rule: "self != 'b'" }] }],
  ['mode', { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.no.such' }] }],
  ['mode', { type: 'string', pattern: '(' }],
  ['tags', { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } }],
  ['tags', { type: 'array', 'x-kubernetes-list-type': 'atomic', items: { type: 'string' } }],
  ['tags', { type: 'array', maxItems: 1, items: { type: 'string', maxLength: 1 } }],
  ['tags', { type: 'object', additionalProperties: { type: 'string' } }],
  ['tags', { type: 'array' }],
  ['labels', { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } }],
  ['labels', { type: 'object', properties: { app: { type: 'string', default: 'db' } }, default: {} }],
  ['labels', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }],
  ['ports', { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } }],
  ['ports', { 'x-kubernetes-preserve-unknown-fields': true }],
  ['more', { type: 'string', default: 'more' }],
  ['more', { type: 'object', default: {}, properties: { a: { type: 'integer', default: 1 } } }],
  ['more', { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }],
  ['more', { anyOf: [{ type: 'string' }] }],
  ['more', { type: 'nonsense' }],
];

export const CHANGES: readonly Change[] = [
  // Versions.
  (tape) => at(tape, (version) => (version.served = !version.served)),
  (tape) => at(tape, (version) => (version.served = true)),
  (tape) => {
    const index = tape.below(3);
    return ({ versions }) => {
      for (const [place, version] of versions.entries()) version.storage = place === index % versions.length;
    };
  },
  (tape) => at(tape, (version) => (version.storage = !version.storage)),
  (tape) => {
    const index = tape.below(3);
    return ({ versions }) => versions.splice(index, 1);
  },
  (tape) => {
    const name = tape.pick(['v3', 'v1', 'V_3', '']);
    return ({ versions }) => versions.push({ ...structuredClone(versions[0]), name, storage: false, served: true });
  },
  (tape) =>
    at(tape, (version) => {
      version.deprecated = !version.deprecated;
      if (version.deprecated) version.deprecationWarning = 'this version goes';
      else delete version.deprecationWarning;
    }),
  // Schemas, of which there are the most.
  ...Array.from({ length: 6 }, (): Change => field),
  (tape) => {
    const required = tape.pick<Json>([['mode'], ['note'], ['no-such'], [], undefined]);
    return properties(tape, (_, spec) => {
      spec.required = required;
    });
  },
  (tape) => properties(tape, (_, spec) => (spec['x-kubernetes-preserve-unknown-fields'] = true)),
  (tape) => {
    const rule = tape.pick([
      'self.size < 5',
      'self.size >= oldSelf.size',
      'has(self.note)',
      '!has(oldSelf.mode) || self.mode == oldSelf.mode',
      'self.unknown == 1',
      'self.tags.all(t, self.tags.all(u, self.tags.all(v, t == u || u == v)))',
    ]);
    const fieldPath = tape.pick([undefined, undefined, '.size', '.unknown']);
    return properties(tape, (_, spec) => {
      spec['x-kubernetes-validations'] = [{ rule, ...(fieldPath ? { fieldPath } : {}) }];
    });
  },
  (tape) =>
    at(tape, (version) => {
      delete version.schema;
    }),
  (tape) => at(tape, (version) => (version.schema = { openAPIV3Schema: { type: 'object' } })),
  // Subresources, fields of selectors, columns.
  (tape) => {
    const subresources = tape.pick<Json>([
      undefined,
      {},
      { status: {} },
      { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } },
      { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } },
      { scale: { specReplicasPath: '.size', statusReplicasPath: '.status.replicas' } },
      { status: {}, scale: {} },
    ]);
    return at(tape, (version) => (version.subresources = subresources));
  },
  (tape) => {
    const fields = tape.pick([
      ['.spec.mode'],
      ['.spec.size', '.spec.note'],
      [],
      ['.spec.tags'],
      ['.metadata.name'],
      ['x'],
    ]);
    return at(tape, (version) => (version.selectableFields = fields.map((jsonPath) => ({ jsonPath }))));
  },
  (tape) => {
    const column = tape.pick<Json>([
      { name: 'Note', type: 'string', jsonPath: '.spec.note', priority: 1 },
      { name: 'Made', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      { name: 'Tags', type: 'string', jsonPath: '.spec.tags[*]' },
      { name: 'Ports', type: 'integer', jsonPath: '.spec.ports[?(@.name=="http")].port' },
      { name: 'Bad', type: 'nonsense', jsonPath: '.spec' },
      { name: 'Bad', type: 'string', jsonPath: 'spec[' },
      { name: '', type: 'string', jsonPath: '.spec', priority: -1 },
    ]);
    return at(tape, (version) => {
      version.additionalPrinterColumns = [column, ...(version.additionalPrinterColumns ?? [])];
    });
  },
  // Names and the rest.
  (tape) => {
    const names = tape.pick<Json>([
      { kind: 'Charm', listKind: 'CharmList' },
      { kind: 'Trinket', listKind: 'Trinkets' },
      { singular: 'charm' },
      { categories: ['all', 'charms'] },
      { categories: ['NOT ok'] },
      { plural: 'others' },
      { kind: '' },
      { kind: 'Trinket', listKind: 'Trinket' },
    ]);
    return (spec) => Object.assign(spec.names, names);
  },
  (tape) => {
    const rest = tape.pick<Json>([
      { scope: 'Cluster' },
      { scope: 'Nonsense' },
      { group: 'other.example.com' },
      { preserveUnknownFields: true },
      { conversion: { strategy: 'Webhook' } },
      { conversion: { strategy: 'Nonsense' } },
      { conversion: null },
      { versions: [] },
      { versions: null },
      { names: null },
    ]);
    return (spec) => Object.assign(spec, rest);
  },
];

function field(tape: Tape): (spec: Json) => void {
  const [name, schema] = tape.pick(FIELDS);
  return properties(tape, (fields) => {
    if (schema === undefined) delete fields[name];
    else fields[name] = schema;
  });
}
