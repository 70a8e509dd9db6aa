/**
 * The types that a kind's schema declares, each made when an expression first asks for its fields (apiserver
 * `pkg/cel/common/schemas.go` SchemaDeclType, `pkg/cel/openapi/resolver/refs.go`).
 */
import { entryOf } from '../../entries.ts';
import type { Schema, StructSchema } from '../../schema/schema.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
} from '../check/type.ts';
import { escapeName } from './escaping.ts';

type Fields = ReadonlyMap<string, Type>;

interface Declared {
  /** undefined: an object without fields. */
  schema: StructSchema | undefined;
  /** The definitions around it: one that holds itself has no fields there. */
  within: readonly string[];
  fields?: Fields;
}

export class DeclaredTypes {
  readonly #declared = new Map<string, Declared>();

  /** Declares an object's type, whose name begins those of the types below it. */
  declare(name: string, schema: StructSchema): Type {
    return this.#struct(name, schema, []);
  }

  fieldsOf(type: string): Fields | undefined {
    const declared = this.#declared.get(type);
    if (!declared) return undefined;
    declared.fields ??= this.#fields(type, declared);
    return declared.fields;
  }

  #struct(name: string, schema: StructSchema | undefined, within: readonly string[]): Type {
    const isWithinItself = schema && !schema.structural && within.includes(schema.name);
    this.#declared.set(name, { schema: isWithinItself ? undefined : schema, within });
    return structType(name);
  }

  #fields(type: string, { schema, within }: Declared): Fields {
    const fields = new Map<string, Type>();
    if (!schema) return fields;
    for (const [name, { schema: inner }] of schema.fields) {
      const escaped = escapeName(name);
      if (escaped === undefined) continue;
      const found = this.#typeOf(inner, `${type}.${escaped}`, [...within, schema.name]);
      if (!found) continue;
      fields.set(escaped, found);
      // A keyword may also be written as it is.
      if (escaped === `__${name}__`) fields.set(name, found);
    }
    return fields;
  }

  /** undefined for what expressions do not see. */
  #typeOf(schema: Schema, name: string, within: readonly string[]): Type | undefined {
    switch (schema.type) {
      case 'struct':
        return this.#struct(name, schema, within);
      case 'list': {
        const item = this.#typeOf(schema.items, `${name}.@idx`, within);
        return item && listOf(item);
      }
      case 'map': {
        const value = this.#typeOf(schema.values, `${name}.@elem`, within);
        return value && mapOf(STRING, value);
      }
      case 'any':
        return schema.form === 'raw' || schema.form === 'fields' ? this.#struct(name, undefined, within) : undefined;
      case 'string':
        return entryOf(FORMATS, schema.format ?? '') ?? STRING;
      default:
        return SCALARS[schema.type];
    }
  }
}

const FORMATS: Readonly<Record<string, Type>> = {
  byte: BYTES,
  duration: DURATION,
  date: TIMESTAMP,
  'date-time': TIMESTAMP,
};

/** The schema of a quantity has no type of its own, so expressions do not see one. */
const SCALARS: Readonly<Record<string, Type | undefined>> = {
  boolean: BOOL,
  bytes: BYTES,
  integer: INT,
  'int-or-string': DYN,
  'micro-time': TIMESTAMP,
  number: DOUBLE,
  time: TIMESTAMP,
};
