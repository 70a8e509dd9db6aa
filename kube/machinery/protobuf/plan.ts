/**
 * The way from a type's JSON to its protobuf message, made once from its schema: which key is which field, in what order
 * fields are written, and the bytes of those that Go writes even when they were not given (gogo's `MarshalTo` of
 * `k8s.io/api`'s `generated.pb.go`).
 */

import { layoutOf, type MessageLayout } from '../schema/protobuf-message.ts';
import { schemaOf } from '../schema/resolve.ts';
import type { AnySchema, FieldSchema, Schema, StructSchema } from '../schema/schema.ts';
import { JSON_SCHEMA_PROPS } from '../schema/type-names.ts';
import { KeyTable } from './key-table.ts';

/** The forms of values. Plain numbers: they are looked at for every value of every object. */
export const STRUCT = 0;
export const STRING = 1;
export const BOOLEAN = 2;
export const INTEGER = 3;
export const DOUBLE = 4;
export const BYTES = 5;
export const QUANTITY = 6;
export const INT_OR_STRING = 7;
export const TIME = 8;
export const MICRO_TIME = 9;
export const RAW = 10;
export const LIST = 11;
export const MAP = 12;
export const SCHEMA_OR_LIST = 13;
export const SCHEMA_OR_BOOLEAN = 14;
export const SCHEMA_OR_NAMES = 15;
export const DURATION = 16;

export interface ValuePlan {
  form: number;
  /** Of a struct. */
  message?: MessagePlan;
  /** Of a list its items, of a map its values. */
  inner?: ValuePlan;
  /** Of a list: a message stands around the repeated field. */
  wrapped?: boolean;
  /** The bytes behind the tag of a value that is null, or not given. */
  zero: Uint8Array;
}

export interface FieldPlan {
  /** Number and wire type. */
  tag: number;
  slot: number;
  plan: ValuePlan;
  /** Go writes the field even when it was not given. */
  always: boolean;
  /** The fields of a message that JSON inlines. */
  inlined?: readonly FieldPlan[];
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;

const NOTHING = Uint8Array.of(0);
/** Behind the length: `intVal`, `type` and `strVal` are written always. */
const ZERO_INT_OR_STRING = Uint8Array.of(6, 0x08, 0, 0x10, 0, 0x1a, 0);
const ZERO_DURATION = Uint8Array.of(2, 0x08, 0);
const ZERO_QUANTITY = Uint8Array.of(3, 0x0a, 1, 0x30);
const FALSE_OR_SCHEMA = Uint8Array.of(2, 0x08, 0);

export class MessagePlan {
  readonly #schema: StructSchema;
  #fields: readonly FieldPlan[] | undefined;
  #keys: KeyTable | undefined;
  #values: readonly ValuePlan[] = [];
  #most = 0;
  #zero: Uint8Array | undefined;

  constructor(schema: StructSchema) {
    this.#schema = schema;
  }

  /** In the order in which they are written. */
  get fields(): readonly FieldPlan[] {
    return this.#fields ?? this.#make();
  }

  /** Slots of values by their JSON key. */
  get keys(): KeyTable {
    if (!this.#keys) this.#make();
    return this.#keys as KeyTable;
  }

  /** By slot. */
  get values(): readonly ValuePlan[] {
    return this.#values;
  }

  /** Bytes that the message may have beyond those of the values in it. */
  get most(): number {
    return this.#most;
  }

  /** The message of a value in which nothing is set, behind its length. */
  get zero(): Uint8Array {
    this.#zero ??= zeroOf(this.fields);
    return this.#zero;
  }

  #make(): readonly FieldPlan[] {
    const names: string[] = [];
    const values: ValuePlan[] = [];
    const add = (layout: MessageLayout): FieldPlan[] =>
      layout.numbers.map((number) => {
        const found = layout.fields.get(number);
        if (found) {
          const plan = planOf(found.field.schema);
          names.push(found.name);
          values.push(plan);
          return { tag: (number << 3) | wireOf(plan), slot: names.length - 1, plan, always: isAlways(found.field) };
        }
        const inlined = add(layout.inlined.get(number) as MessageLayout);
        return { tag: (number << 3) | DELIMITED, slot: -1, plan: TEXT, always: true, inlined };
      });
    const fields = add(layoutOf(this.#schema));
    this.#fields = fields;
    this.#values = values;
    this.#keys = new KeyTable(names);
    this.#most = mostOf(fields);
    return fields;
  }
}

const messages = new WeakMap<StructSchema, MessagePlan>();
const lists = new WeakMap<Schema, ValuePlan>();

export function messagePlan(schema: StructSchema): MessagePlan {
  let plan = messages.get(schema);
  if (!plan) {
    plan = new MessagePlan(schema);
    messages.set(schema, plan);
  }
  return plan;
}

const scalar = (form: number, zero = NOTHING): ValuePlan => ({ form, zero });
const TEXT = scalar(STRING);
const SCALARS: Partial<Record<Schema['type'], ValuePlan>> = {
  string: TEXT,
  boolean: scalar(BOOLEAN),
  integer: scalar(INTEGER),
  number: scalar(DOUBLE, new Uint8Array(8)),
  bytes: scalar(BYTES),
  quantity: scalar(QUANTITY, ZERO_QUANTITY),
  'int-or-string': scalar(INT_OR_STRING, ZERO_INT_OR_STRING),
  time: scalar(TIME),
  'micro-time': scalar(MICRO_TIME),
  duration: scalar(DURATION, ZERO_DURATION),
};
const RAW_VALUE = scalar(RAW);

function planOf(schema: Schema): ValuePlan {
  const known = SCALARS[schema.type] ?? lists.get(schema);
  if (known) return known;
  const plan = makePlan(schema);
  lists.set(schema, plan);
  return plan;
}

function makePlan(schema: Schema): ValuePlan {
  switch (schema.type) {
    case 'struct': {
      const message = messagePlan(schema);
      return {
        form: STRUCT,
        message,
        // Types refer to themselves, so nothing of one is looked at before it is needed.
        get zero() {
          return message.zero;
        },
      };
    }
    case 'list':
      return { form: LIST, inner: planOf(schema.items), wrapped: schema.wrapped, zero: NOTHING };
    case 'map':
      return { form: MAP, inner: planOf(schema.values), zero: NOTHING };
    case 'any':
      return planOfAny(schema);
    default:
      throw new Error(`a ${schema.type} has no protobuf form`);
  }
}

const OR_FORMS = {
  'schema-or-list': SCHEMA_OR_LIST,
  'schema-or-boolean': SCHEMA_OR_BOOLEAN,
  'schema-or-names': SCHEMA_OR_NAMES,
} as const;

function planOfAny({ form = 'raw' }: AnySchema): ValuePlan {
  if (form === 'raw' || form === 'fields' || form === 'json') return RAW_VALUE;
  const zero = form === 'schema-or-boolean' ? FALSE_OR_SCHEMA : NOTHING;
  return { form: OR_FORMS[form], message: messagePlan(schemaOf(JSON_SCHEMA_PROPS)), zero };
}

/** Each item of a list has a tag of its own: Kubernetes packs no numbers. */
function wireOf({ form, inner, wrapped }: ValuePlan): number {
  if (form === LIST && inner && !wrapped) return wireOf(inner);
  if (form === BOOLEAN || form === INTEGER) return VARINT;
  return form === DOUBLE ? FIXED64 : DELIMITED;
}

/** Scalars and structs that are no pointers in Go. Bytes, lists and maps are nil when they were not given. */
function isAlways({ schema, always, omitEmpty, isValue }: FieldSchema): boolean {
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return always === true || omitEmpty === true;
    case 'struct':
    case 'quantity':
      return always === true;
    default:
      return isValue === true;
  }
}

/** Tag and length take ten bytes at most. */
const MOST_BEFORE = 10;

function mostOf(fields: readonly FieldPlan[]): number {
  let most = 0;
  for (const { plan, always, inlined } of fields) {
    most += MOST_BEFORE;
    if (inlined) most += mostOf(inlined);
    else if (always) most += plan.zero.length;
  }
  return most;
}

function zeroOf(fields: readonly FieldPlan[]): Uint8Array {
  const bytes: number[] = [];
  const add = (some: readonly FieldPlan[]): void => {
    for (const { tag, plan, always, inlined } of some) {
      if (!always) continue;
      pushVarint(bytes, tag);
      bytes.push(...(inlined ? zeroOf(inlined) : plan.zero));
    }
  };
  add(fields);
  const length: number[] = [];
  pushVarint(length, bytes.length);
  return Uint8Array.from([...length, ...bytes]);
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
