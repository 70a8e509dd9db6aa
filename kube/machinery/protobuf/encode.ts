/**
 * JSON text of objects and lists → `application/vnd.kubernetes.protobuf` (apimachinery `runtime/serializer/protobuf`),
 * byte for byte as upstream's encoder: `k8s\0` and a `runtime.Unknown` around the message. The counterpart of
 * `../schema/protobuf-decode.ts`.
 */

import { PROTOBUF_PREFIX } from '../schema/protobuf-decode.ts';
import { ProtobufError } from '../schema/protobuf-reader.ts';
import { kindSchema, schemaOf } from '../schema/resolve.ts';
import type { FieldSchema, StructSchema } from '../schema/schema.ts';
import { META_V1 } from '../schema/type-names.ts';
import { BackwardBytes } from './backward-bytes.ts';
import { MessageWriter } from './message-writer.ts';
import { type MessagePlan, messagePlan, type ValuePlan } from './plan.ts';
import { Scanner } from './scanner.ts';

const PREFIX = Uint8Array.from(PROTOBUF_PREFIX);
const TYPE_META = 0x0a;
const RAW = 0x12;
/** `contentEncoding` and `contentType`, which are empty and written. */
const REST = Uint8Array.of(0x1a, 0, 0x22, 0);

/** The kinds of `meta.k8s.io` that have a message and are no kinds of a group version. */
function metaSchema(kind: string): StructSchema | undefined {
  const field = (number: number, schema: FieldSchema['schema']): FieldSchema => ({ schema, number, always: true });
  const struct = (fields: [string, FieldSchema][]): StructSchema => ({
    type: 'struct',
    name: kind,
    fields: new Map(fields),
  });
  const partial = struct([['metadata', field(1, schemaOf(`${META_V1}.ObjectMeta`))]]);
  if (kind === 'PartialObjectMetadata') return partial;
  if (kind !== 'PartialObjectMetadataList') return undefined;
  const items: FieldSchema = { number: 2, schema: { type: 'list', listType: 'atomic', items: partial } };
  return struct([
    ['metadata', field(1, schemaOf(`${META_V1}.ListMeta`))],
    ['items', items],
  ]);
}

const plans = new Map<string, MessagePlan | undefined>();

/** undefined where there is no message of the kind: of custom resources and tables. */
export function planOfKind(apiVersion: string, kind: string): MessagePlan | undefined {
  const id = `${apiVersion} ${kind}`;
  if (plans.has(id)) return plans.get(id);
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema =
    kindSchema(group, version, kind) ??
    (group === 'meta.k8s.io' ? metaSchema(kind) : undefined) ??
    // Statuses are of v1, and the versions of /api of none.
    (apiVersion === 'v1' || apiVersion === '' ? kindSchema('meta.k8s.io', 'v1', kind) : undefined);
  const plan = schema && messagePlan(schema);
  // Kinds that are not known come from outside.
  if (plan) plans.set(id, plan);
  return plan;
}

interface ObjectKind {
  apiVersion: string;
  kind: string;
}

const KIND_SCHEMA: StructSchema = {
  type: 'struct',
  name: 'TypeMeta',
  fields: new Map([
    ['apiVersion', { schema: { type: 'string' }, number: 1, always: true }],
    ['kind', { schema: { type: 'string' }, number: 2, always: true }],
  ]),
};

/** Keeps its memory for the next object: one for an isolate, or for a list. */
export class ProtobufEncoder {
  readonly #scanner = new Scanner(new Uint8Array());
  readonly #writer = new MessageWriter(this.#scanner);
  readonly #typeMeta = messagePlan(KIND_SCHEMA);

  /** Where reading has come to. */
  get at(): number {
    return this.#scanner.at;
  }

  /** Bytes that are kept for the next object. */
  get size(): number {
    return this.#writer.bytes.length + 4 * this.#scanner.tape.length;
  }

  /** An object's JSON, of its own kind. Throws {@link ProtobufError}. */
  object(json: Uint8Array): Uint8Array {
    this.#write(json);
    return this.#writer.written().slice();
  }

  /** A watch event's JSON as one frame of the stream (apimachinery `serializer/protobuf` NewRawSerializer, `framer`). */
  event(json: Uint8Array): Uint8Array {
    this.#scanner.open(json);
    const node = this.#scanner.struct(EVENT);
    const { tape } = this.#scanner;
    const part = (slot: number): Uint8Array => {
      const at = tape[node + slot] as number;
      return json.subarray(tape[at], tape[at + 1]);
    };
    const [type, object] = [part(0).slice(), part(1)];
    this.#write(object, type.length + 64);
    const writer = this.#writer;
    const end = writer.bytes.length;
    writer.header(FIRST, end - writer.at);
    writer.header(RAW, end - writer.at);
    writer.raw(type);
    writer.header(FIRST, type.length);
    const length = end - writer.at;
    writer.raw(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length));
    return writer.written().slice();
  }

  #write(json: Uint8Array, more = 0): void {
    const type = this.kindOf(json);
    const plan = planOfKind(type.apiVersion, type.kind);
    if (!plan) throw new ProtobufError(`no message of ${type.kind} in ${type.apiVersion}`);
    const scanner = this.#scanner;
    scanner.open(json);
    const node = scanner.struct(plan);
    const writer = this.#writer;
    const head = headOf(type);
    writer.open(scanner.most + head.length + 32 + more);
    writer.raw(REST);
    const message = writer.at;
    writer.fields(plan.fields, node);
    writer.header(RAW, message - writer.at);
    writer.raw(head);
  }

  /** An item of a list, with the tag of `items`. The bytes are good until the next call. */
  item(json: Uint8Array, at: number, plan: ValuePlan): Uint8Array {
    const scanner = this.#scanner;
    if (scanner.bytes === json) {
      scanner.at = at;
      scanner.clear();
    } else scanner.open(json, at);
    const node = scanner.value(plan);
    this.#writer.open(scanner.most + 32);
    this.#writer.field(RAW, plan, node);
    return this.#writer.written();
  }

  /** `metadata` of a list's head, with its tag. */
  listHead(json: Uint8Array): { type: ObjectKind; metadata: Uint8Array; item: ValuePlan } {
    const type = this.kindOf(json);
    const plan = planOfKind(type.apiVersion, type.kind);
    const last = plan?.fields.at(-1);
    const item = last?.plan.inner;
    if (!plan || !item) throw new ProtobufError(`no list of ${type.kind} in ${type.apiVersion}`);
    this.#scanner.open(json);
    const node = this.#scanner.struct(plan);
    this.#writer.open(this.#scanner.most + 32);
    this.#writer.fields(plan.fields, node);
    return { type, metadata: this.#writer.written().slice(), item };
  }

  kindOf(json: Uint8Array): ObjectKind {
    this.#scanner.open(json);
    const node = this.#scanner.struct(this.#typeMeta);
    const { tape } = this.#scanner;
    const text = (slot: number): string => {
      const at = tape[node + slot] as number;
      return at === 0 ? '' : new TextDecoder().decode(json.subarray(tape[at], tape[at + 1]));
    };
    return { apiVersion: text(0), kind: text(1) };
  }
}

const FIRST = 0x0a;
const EVENT = messagePlan({
  type: 'struct',
  name: 'WatchEvent',
  fields: new Map([
    ['type', { schema: { type: 'string' }, number: 1 }],
    ['object', { schema: { type: 'any', form: 'raw' }, number: 2 }],
  ]),
});

const heads = new Map<string, Uint8Array>();

/** The prefix and the `typeMeta` of the `Unknown`. */
function headOf({ apiVersion, kind }: ObjectKind): Uint8Array {
  const id = `${apiVersion} ${kind}`;
  let head = heads.get(id);
  if (!head) {
    const encoder = new TextEncoder();
    const [version, name] = [encoder.encode(apiVersion), encoder.encode(kind)];
    const meta = [FIRST, version.length, ...version, RAW, name.length, ...name];
    head = Uint8Array.from([...PREFIX, TYPE_META, meta.length, ...meta]);
    if (heads.size > 1000) heads.clear();
    heads.set(id, head);
  }
  return head;
}

export interface ListFrame {
  before: Uint8Array;
  after: Uint8Array;
}

/** The bytes before a list's message, which has `length` bytes, and behind it. */
export function listFrame(type: ObjectKind, length: number): ListFrame {
  const writer = new BackwardBytes();
  writer.open(512);
  writer.header(RAW, length);
  writer.raw(headOf(type));
  return { before: writer.written().slice(), after: REST };
}
