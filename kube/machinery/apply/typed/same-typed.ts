/** Whether an applied configuration has left an object as it was (structured-merge-diff `value/value.go` Equals). */
import { sameJson } from '../../equality.ts';
import type { Schema } from '../../schema/schema.ts';
import { asFields, implicitValue, own, type Value } from './shape.ts';

/** Unlike ownership, this minds the order of items. */
export function sameTyped(schema: Schema, a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  switch (schema.type) {
    case 'list':
      if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
      return a.every((item, at) => sameTyped(schema.items, item, b[at]));
    case 'map':
    case 'struct': {
      const [x, y] = [asFields(a), asFields(b)];
      const same = (name: string): boolean => {
        const field = schema.type === 'struct' ? schema.fields.get(name) : undefined;
        const inner = schema.type === 'map' ? schema.values : field?.schema;
        const implicit = field && schema.type === 'struct' && !schema.structural ? implicitValue(field) : undefined;
        const [was, is] = [own(x, name), own(y, name)];
        const [left, right] = [was === undefined ? implicit : was, is === undefined ? implicit : is];
        return inner ? sameTyped(inner, left, right) : sameJson(left, right);
      };
      for (const name in x) if (!same(name)) return false;
      for (const name in y) if (!Object.hasOwn(x, name) && !same(name)) return false;
      return true;
    }
    default:
      return sameJson(a, b);
  }
}
