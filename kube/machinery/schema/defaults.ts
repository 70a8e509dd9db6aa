/**
 * The defaults that the published schema states (`+default=` markers, `zz_generated.defaults.go`), as
 * `protocol: TCP` of a port. What depends on other fields is the kind's strategy's to fill in, after this.
 */
import { copyJson } from '../copy.ts';
import type { FieldSchema, Schema, StructSchema } from './schema.ts';

/** Changes `object`, which has been through `checkObject`. Idempotent. */
export function applySchemaDefaults(schema: Schema, object: unknown): void {
  if (typeof object === 'object' && object !== null && holdsDefaults(schema)) fill(schema, object);
}

function fill(schema: Schema, value: object): void {
  if (schema.type === 'list') {
    if (!Array.isArray(value)) return;
    for (const item of value) if (typeof item === 'object' && item !== null) fill(schema.items, item);
  } else if (schema.type === 'map') {
    for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) fill(schema.values, item);
  } else if (schema.type === 'struct') {
    const object = value as Record<string, unknown>;
    for (const [name, field] of defaultedFields(schema)) {
      const present = object[name];
      if (typeof present === 'object' && present !== null) fill(field.schema, present);
      else if (field.default !== undefined && isUnset(present, schema)) {
        setDefault(object, name, field);
        const made = object[name];
        if (schema.structural && typeof made === 'object' && made !== null) fill(field.schema, made);
      }
    }
  }
}

function isUnset(value: unknown, { structural }: StructSchema): boolean {
  return value === undefined || value === null || (value === '' && !structural);
}

function setDefault(object: Record<string, unknown>, name: string, field: FieldSchema): void {
  // An empty default of a field that is not printed when it is empty changes nothing.
  if (field.omitEmpty && (field.default === '' || field.default === 0 || field.default === false)) return;
  const preset = field.default;
  // Most are texts and numbers, which the runtime takes long to clone.
  object[name] = typeof preset === 'object' ? copyJson(preset) : preset;
}

const defaulted = new WeakMap<StructSchema, readonly [string, FieldSchema][]>();

/** The fields that have a default or lead to one. */
function defaultedFields(schema: StructSchema): readonly [string, FieldSchema][] {
  let fields = defaulted.get(schema);
  if (!fields) {
    fields = [];
    defaulted.set(schema, fields); // Types that hold themselves (JSONSchemaProps) lead to nothing new.
    fields = [...schema.fields].filter(([, field]) => field.default !== undefined || holdsDefaults(field.schema));
    defaulted.set(schema, fields);
  }
  return fields;
}

function holdsDefaults(schema: Schema): boolean {
  if (schema.type === 'struct') return defaultedFields(schema).length > 0;
  if (schema.type === 'list') return holdsDefaults(schema.items);
  return schema.type === 'map' && holdsDefaults(schema.values);
}
