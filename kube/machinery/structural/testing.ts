/** Schemas made at random, for tests: of all sorts, not all of them structural. */
import fc from 'fast-check';
import type { StructuralSchema } from './schema.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
/** A part that is a schema again: the deeper, the fewer. */
const within = <T>(value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined, freq: 1, maxDepth: 2, depthIdentifier: 'schema' });

export const anySchema: fc.Arbitrary<StructuralSchema> = fc.letrec<{ schema: StructuralSchema }>((tie) => ({
  schema: fc
    .record({
      type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'object', 'array', undefined),
      format: maybe(fc.constantFrom('date-time', 'ipv4', 'int32', 'email', 'uri', 'hostname', 'duration', 'none')),
      nullable: maybe(fc.boolean()),
      default: maybe(fc.jsonValue({ maxDepth: 2 })),
      enum: maybe(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 })),
      minimum: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
      multipleOf: maybe(fc.integer({ min: 1, max: 9 })),
      maxLength: maybe(fc.nat(5)),
      pattern: maybe(fc.constantFrom('^a', '(', '(a+)+$', '\\d', '[')),
      maxItems: maybe(fc.nat(3)),
      minProperties: maybe(fc.nat(3)),
      required: maybe(fc.array(fc.constantFrom('a', 'b', '__proto__'), { maxLength: 2 })),
      properties: within(fc.dictionary(fc.constantFrom('a', 'b', 'metadata'), tie('schema'), { maxKeys: 2 })),
      additionalProperties: within(fc.oneof(fc.boolean(), tie('schema'))),
      items: within(tie('schema')),
      anyOf: within(fc.array(tie('schema'), { maxLength: 2 })),
      oneOf: within(fc.array(tie('schema'), { maxLength: 2 })),
      not: within(tie('schema')),
      'x-kubernetes-preserve-unknown-fields': maybe(fc.constant(true)),
      'x-kubernetes-embedded-resource': maybe(fc.constant(true)),
      'x-kubernetes-int-or-string': maybe(fc.constant(true)),
      'x-kubernetes-list-type': maybe(fc.constantFrom('set', 'map', 'atomic')),
      'x-kubernetes-list-map-keys': maybe(fc.constant(['a'])),
    })
    .map((schema) => JSON.parse(JSON.stringify(schema)) as StructuralSchema),
})).schema;
