/**
 * The fields of a struct in its protobuf message: by number, and with the messages that JSON has inlined
 * (`VolumeSource` in `Volume`) in between.
 */
import type { FieldSchema, StructSchema } from './schema.ts';

interface MessageField {
  name: string;
  field: FieldSchema;
}

export interface MessageLayout {
  fields: Map<number, MessageField>;
  /** Inlined messages. */
  inlined: Map<number, MessageLayout>;
  /** All numbers in their order, in which upstream writes them. */
  numbers: number[];
}

const layouts = new WeakMap<StructSchema, MessageLayout>();

export function layoutOf(schema: StructSchema): MessageLayout {
  let layout = layouts.get(schema);
  if (!layout) {
    layout = emptyLayout();
    for (const [name, field] of schema.fields) {
      if (field.number === undefined) continue;
      let target = layout;
      for (const number of field.within ?? []) {
        const inner = target.inlined.get(number) ?? emptyLayout();
        target.inlined.set(number, inner);
        target = inner;
      }
      target.fields.set(field.number, { name, field });
    }
    sortNumbers(layout);
    layouts.set(schema, layout);
  }
  return layout;
}

function emptyLayout(): MessageLayout {
  return { fields: new Map(), inlined: new Map(), numbers: [] };
}

function sortNumbers(layout: MessageLayout): void {
  layout.numbers = [...layout.fields.keys(), ...layout.inlined.keys()].sort((a, b) => a - b);
  for (const inner of layout.inlined.values()) sortNumbers(inner);
}
