/**
 * The fields that a configuration gives, as a set (structured-merge-diff `typed/tofieldset.go`), and an object without
 * the fields of a set (`typed/remove.go`).
 */
import { setOwn } from '../../entries.ts';
import type { FieldsV1 } from '../../object.ts';
import type { ListSchema, Schema } from '../../schema/schema.ts';
import { child, isEmpty, isMember, MEMBER, makeNode } from '../sets/field-set.ts';
import {
  asFields,
  asItems,
  atomOf,
  childSchema,
  isAtomic,
  isEmptyValue,
  isNamedField,
  itemStep,
  type Value,
} from './shape.ts';

/** Undefined where the value gives nothing. A named field counts by what it holds, an item and a key by themselves. */
export function fieldsOf(schema: Schema, value: Value): FieldsV1 | undefined {
  const atom = atomOf(schema, value);
  if (atom === 'scalar' || isAtomic(schema, atom)) return {};
  const children: FieldsV1 = {};
  if (atom === 'list') fieldsOfItems(schema as ListSchema, asItems(value), children);
  else {
    const fields = asFields(value);
    for (const name in fields) {
      const inner = childSchema(schema, name);
      if (!inner) continue;
      const given = fields[name];
      const isLeaf = given === null || (isEmptyValue(given) && !Array.isArray(given) && typeof given === 'object');
      const node = withSelf(fieldsOf(inner, given), isLeaf || !isNamedField(schema, name));
      if (node) children[`f:${name}`] = node;
    }
  }
  return isEmpty(children) ? undefined : children;
}

function withSelf(node: FieldsV1 | undefined, member: boolean): FieldsV1 | undefined {
  if (!member || (node && isMember(node))) return node;
  return makeNode(node ?? {}, true);
}

/** Items that share a key are owned as one. */
function fieldsOfItems(schema: ListSchema, items: readonly Value[], into: FieldsV1): void {
  const steps = items.map((item) => itemStep(schema, item));
  const times = new Map<string, number>();
  for (const step of steps) times.set(step, (times.get(step) ?? 0) + 1);
  for (const [at, step] of steps.entries()) {
    into[step] = times.get(step) === 1 ? (withSelf(fieldsOf(schema.items, items[at]), true) as FieldsV1) : {};
  }
}

/** The set with the named fields that lead to its members: to own something in a field is to own the field. */
export function withNamedFields(schema: Schema | undefined, set: FieldsV1): FieldsV1 {
  const result: FieldsV1 = {};
  for (const step in set) {
    if (step === MEMBER) {
      result[MEMBER] = {};
      continue;
    }
    const node = set[step] as FieldsV1;
    if (isEmpty(node)) {
      result[step] = node;
      continue;
    }
    const name = step.slice(2);
    const isField = step[0] === 'f' && schema !== undefined;
    const inner = isField ? childSchema(schema, name) : schema?.type === 'list' ? schema.items : undefined;
    const beneath = withNamedFields(inner, node);
    result[step] =
      isField && isNamedField(schema, name) && !(MEMBER in beneath) ? { [MEMBER]: {}, ...beneath } : beneath;
  }
  return result;
}

/** The rest of the value; null where nothing is left of a map, list or atomic value that fields were taken from. */
export function without(schema: Schema, value: Value, set: FieldsV1): Value {
  const atom = atomOf(schema, value);
  if (atom === 'scalar') return value;
  if (isAtomic(schema, atom) || isEmptyValue(value)) return null;
  if (atom === 'list') {
    const { items } = schema as ListSchema;
    const left: Value[] = [];
    for (const item of asItems(value)) {
      const node = child(set, itemStep(schema as ListSchema, item));
      if (!node) left.push(item);
      else if (!isMember(node)) left.push(without(items, item, node));
    }
    return left.length > 0 ? left : null;
  }
  const left: Record<string, Value> = {};
  const fields = asFields(value);
  let some = false;
  for (const name in fields) {
    const node = child(set, `f:${name}`);
    if (node && isMember(node)) continue;
    const inner = node && childSchema(schema, name);
    const rest = inner ? without(inner, fields[name], node) : fields[name];
    some = true;
    setOwn(left, name, rest);
  }
  return some ? left : null;
}
