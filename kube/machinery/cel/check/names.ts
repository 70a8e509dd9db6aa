/** Types of names and literals. */
import type { Functions } from '../library/index.ts';
import { TypeValue, UInt, type Value } from '../values/value.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  opaqueType,
  optionalOf,
  STRING,
  structType,
  TIMESTAMP,
  TYPE,
  type Type,
  typeOf,
  UINT,
} from './type.ts';
import { NULL_VALUE, WELL_KNOWN } from './well-known.ts';

/** The fields of an object type by name; undefined for a type that is not declared. */
export type FieldsOf = (type: string) => { get(field: string): Type | undefined } | undefined;

export interface Environment {
  functions: Functions;
  variables: ReadonlyMap<string, Type>;
  fieldsOf: FieldsOf;
  /** `cel.bind` is a macro. */
  binds?: boolean;
}

/** Types that can be named, as in `type(x) == int`. */
const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  ...[BOOL, BYTES, DOUBLE, DURATION, INT, NULL, STRING, TIMESTAMP, UINT].map((type): [string, Type] => [
    type.name,
    type,
  ]),
  ['list', listOf(DYN)],
  ['map', mapOf(DYN, DYN)],
  ['type', TYPE],
  ['optional_type', optionalOf(DYN)],
  ['net.IP', opaqueType('net.IP')],
  ['net.CIDR', opaqueType('net.CIDR')],
]);

export function literalType(value: Value): Type {
  if (value === null) return NULL;
  if (value instanceof UInt) return UINT;
  if (value instanceof Uint8Array) return BYTES;
  switch (typeof value) {
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
      return BOOL;
  }
}

/** The scopes in which names are resolved: the variables of macros before those of the environment. */
export class Names {
  private readonly environment: Environment;
  private readonly scopes: ReadonlyMap<string, Type>[] = [];

  constructor(environment: Environment) {
    this.environment = environment;
  }

  enter(variables: readonly [string, Type][]): void {
    this.scopes.push(new Map(variables));
  }

  leave(): void {
    this.scopes.pop();
  }

  /** `constant` is what the name stands for: a type, or the member of an enumeration. */
  find(name: string, global: boolean): { type: Type; constant?: TypeValue | bigint } | undefined {
    for (let i = global ? -1 : this.scopes.length - 1; i >= 0; i--) {
      const local = this.scopes[i]?.get(name);
      if (local) return { type: local };
    }
    const variable = this.environment.variables.get(name);
    if (variable) return { type: variable };
    const type = TYPE_NAMES.get(name) ?? WELL_KNOWN.get(name)?.type;
    if (type) return { type: typeOf(type), constant: new TypeValue(name) };
    if (name === NULL_VALUE) return { type: INT, constant: 0n };
    const isDeclared = this.environment.fieldsOf(name) !== undefined;
    return isDeclared ? { type: typeOf(structType(name)), constant: new TypeValue(name) } : undefined;
  }
}
