/**
 * The fields that a mutating policy may not set, since all that it leaves out would be lost (apiserver
 * `policy/mutating/patch/smd.go`).
 */
import type { Schema } from '../../schema/schema.ts';
import { asFields, isAtomic, type Value } from './shape.ts';

/**
 * The paths of atomic lists, maps and structs of a configuration that fits the schema. Values of maps are not looked
 * into.
 */
export function findAtomics(schema: Schema, config: Value, path = ''): string[] {
  if (typeof config !== 'object' || config === null) return [];
  if (Array.isArray(config)) {
    if (schema.type !== 'list' && schema.type !== 'any') return [];
    const own = isAtomic(schema, 'list') ? [path] : [];
    if (schema.type === 'any') return own;
    return [...own, ...config.flatMap((item, i) => findAtomics(schema.items, item, `${path}[${i}]`))];
  }
  if (schema.type !== 'struct' && schema.type !== 'map' && schema.type !== 'any') return [];
  const own = isAtomic(schema, 'map') ? [path] : [];
  if (schema.type !== 'struct') return own;
  const fields = asFields(config);
  return [
    ...own,
    ...Object.keys(fields).flatMap((name) => {
      const field = schema.fields.get(name);
      return field ? findAtomics(field.schema, fields[name], `${path}.${name}`) : [];
    }),
  ];
}
