/**
 * The values that expressions of mutating policies make: `Object{…}`, whose types are the paths of fields, and
 * `JSONPatch{…}` (apiserver `pkg/cel/mutation/{typeresolver,jsonpatch}.go`, `dynamic/objects.go`,
 * `pkg/cel/library/jsonpatch.go`).
 */
import { DYN, STRING, structType, type Type } from '../check/type.ts';
import { type Library, overload } from '../library/define.ts';
import { CelError, Dict, equal, Foreign, typeName, type Value } from '../values/value.ts';

const OBJECT = 'Object';
const JSON_PATCH = 'JSONPatch';

/** An object that was made of fields, without a schema. */
export class MadeObject extends Foreign {
  readonly type: Type;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(type: string, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = structType(type);
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof MadeObject) || other.type.name !== this.type.name) return false;
    if (other.fields.size !== this.fields.size) return false;
    return [...this.fields].every(([name, value]) => {
      const theirs = other.fields.get(name);
      return theirs !== undefined && equal(value, theirs) === true;
    });
  }

  toString(): string {
    return this.type.name;
  }
}

/** One operation of a JSON patch. */
export class MadeOperation extends Dict {
  override readonly typeName = JSON_PATCH;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(fields: ReadonlyMap<string, Value>) {
    super();
    this.fields = fields;
  }

  get size(): number {
    return this.fields.size;
  }

  find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined;
  }

  keys(): Value[] {
    return [...this.fields.keys()];
  }
}

interface Fields {
  get(name: string): Type | undefined;
}

/** Any name is that of a field, and any value will do: what is made is compared with the schema once it is merged. */
const ANY_FIELDS: Fields = { get: () => DYN };
const OPERATION_FIELDS: Fields = new Map([
  ['op', STRING],
  ['path', STRING],
  ['from', STRING],
  ['value', DYN],
]);

export function mutationFields(type: string): Fields | undefined {
  if (type === JSON_PATCH) return OPERATION_FIELDS;
  return type === OBJECT || type.startsWith(`${OBJECT}.`) ? ANY_FIELDS : undefined;
}

export function makeMutation(type: string, fields: ReadonlyMap<string, Value>): Value {
  if (type !== JSON_PATCH) {
    return mutationFields(type) ? new MadeObject(type, fields) : new CelError(`unknown type: ${type}`);
  }
  for (const [name, value] of fields) {
    if (name === 'value' || typeof value === 'string') continue;
    return new CelError(`unexpected type ${typeName(value)} for JSONPatchType '${name}' field`);
  }
  return new MadeOperation(fields);
}

export const JSON_PATCH_LIBRARY: Library = {
  'jsonpatch.escapeKey': [
    overload('string_jsonpatch_escapeKey_string', 'string -> string', (key: string) =>
      key.replace(/[~/]/g, (letter) => (letter === '/' ? '~1' : '~0')),
    ),
  ],
};
