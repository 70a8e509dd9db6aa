/**
 * A set that was written under another schema (structured-merge-diff `typed/reconcile_schema.go`): what has become
 * atomic since is owned as a whole.
 */
import type { FieldsV1 } from '../../object.ts';
import type { Schema } from '../../schema/schema.ts';
import { isEmpty, MEMBER } from '../sets/field-set.ts';
import { childSchema } from './shape.ts';

/** The set itself where nothing has to change. */
export function reconciled(schema: Schema, set: FieldsV1): FieldsV1 {
  if (isEmpty(set) || schema.type === 'any') return set;
  if (schema.type === 'list' ? schema.listType === 'atomic' : schema.type !== 'struct' && schema.type !== 'map') {
    return schema.type === 'list' ? {} : set;
  }
  if ((schema.type === 'struct' || schema.type === 'map') && schema.atomic) return {};
  let changed: FieldsV1 | undefined;
  for (const step in set) {
    const before = set[step] as FieldsV1;
    if (step === MEMBER || isEmpty(before)) continue;
    const inner =
      schema.type === 'list' ? schema.items : step[0] === 'f' ? childSchema(schema, step.slice(2)) : undefined;
    if (!inner) continue;
    const after = reconciled(inner, before);
    if (after === before) continue;
    changed ??= { ...set };
    changed[step] = after;
  }
  return changed ?? set;
}
