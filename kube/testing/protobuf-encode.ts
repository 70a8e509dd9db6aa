/**
 * Object → `application/vnd.kubernetes.protobuf`, the counterpart of `machinery/schema/protobuf-decode.ts`: Islet
 * itself answers no protobuf.
 */
import { fromBase64Bytes } from '../kinds/validation/base64.ts';
import { PROTOBUF_PREFIX } from '../machinery/schema/protobuf-decode.ts';
import { layoutOf, type MessageLayout } from '../machinery/schema/protobuf-message.ts';
import { ProtobufWriter } from '../machinery/schema/protobuf-writer.ts';
import type { Schema, StructSchema } from '../machinery/schema/schema.ts';

/** `object` is as it is stored: it has been through `checkObject`. */
export function encodeProtobuf(schema: StructSchema, object: Record<string, unknown>): Uint8Array {
  const out = new ProtobufWriter();
  out.message(1, (meta) => meta.string(1, String(object.apiVersion)).string(2, String(object.kind)));
  out.message(2, (message) => writeMessage(message, layoutOf(schema), object));
  out.string(3, '').string(4, '');
  const body = out.finish();
  const framed = new Uint8Array(PROTOBUF_PREFIX.length + body.length);
  framed.set(PROTOBUF_PREFIX);
  framed.set(body, PROTOBUF_PREFIX.length);
  return framed;
}

function writeMessage(out: ProtobufWriter, layout: MessageLayout, object: Record<string, unknown>): void {
  for (const number of layout.numbers) {
    const found = layout.fields.get(number);
    if (found) {
      const value = object[found.name];
      if (value !== undefined && value !== null) writeField(out, number, found.field.schema, value);
    } else {
      // Upstream's inlined messages are no pointers: they are written even when nothing is in them.
      const inlined = layout.inlined.get(number);
      if (inlined) out.message(number, (inner) => writeMessage(inner, inlined, object));
    }
  }
}

function writeField(out: ProtobufWriter, number: number, schema: Schema, value: unknown): void {
  if (schema.type === 'list') {
    const items = value as unknown[];
    if (schema.wrapped) {
      out.message(number, (inner) => {
        for (const item of items) writeValue(inner, 1, schema.items, item);
      });
    } else for (const item of items) writeValue(out, number, schema.items, item);
  } else if (schema.type === 'map') {
    // Sorted, as upstream writes them.
    const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, inner] of entries) {
      out.message(number, (entry) => {
        entry.string(1, key);
        if (inner === null) entry.message(2, () => {});
        else writeField(entry, 2, schema.values, inner);
      });
    }
  } else writeValue(out, number, schema, value);
}

function writeValue(out: ProtobufWriter, number: number, schema: Schema, value: unknown): void {
  switch (schema.type) {
    case 'struct':
      out.message(number, (inner) => writeMessage(inner, layoutOf(schema), value as Record<string, unknown>));
      break;
    case 'string':
      out.string(number, String(value));
      break;
    case 'boolean':
      out.boolean(number, value === true);
      break;
    case 'integer':
      out.integer(number, value as number);
      break;
    case 'number':
      out.double(number, value as number);
      break;
    case 'bytes':
      out.raw(number, fromBase64Bytes(String(value)));
      break;
    case 'quantity':
      out.message(number, (inner) => inner.string(1, String(value)));
      break;
    case 'int-or-string':
      out.message(number, (inner) => {
        const isText = typeof value === 'string';
        inner.integer(1, isText ? 1 : 0).integer(2, isText ? 0 : (value as number));
        inner.string(3, isText ? value : '');
      });
      break;
    case 'time':
    case 'micro-time':
      out.message(number, (inner) => writeTime(inner, String(value)));
      break;
    case 'any':
      if (!schema.form) throw new Error('this type has no protobuf form here');
      out.message(number, (inner) => inner.string(1, JSON.stringify(value)));
      break;
    default:
      throw new Error(`a ${schema.type} in a list has no protobuf form`);
  }
}

function writeTime(out: ProtobufWriter, text: string): void {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(text) / 1000);
  out.integer(1, seconds).integer(2, Number(fraction.padEnd(9, '0').slice(0, 9)));
}
