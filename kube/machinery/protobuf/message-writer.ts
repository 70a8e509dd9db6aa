/** Writes a protobuf message of the values that a {@link Scanner} found, from its end to its beginning. */
import { ProtobufError } from '../schema/protobuf-reader.ts';
import { BackwardBytes } from './backward-bytes.ts';
import {
  BOOLEAN,
  BYTES,
  DOUBLE,
  DURATION,
  type FieldPlan,
  INT_OR_STRING,
  INTEGER,
  LIST,
  MAP,
  type MessagePlan,
  MICRO_TIME,
  QUANTITY,
  RAW,
  SCHEMA_OR_BOOLEAN,
  SCHEMA_OR_LIST,
  STRING,
  STRUCT,
  TIME,
  type ValuePlan,
} from './plan.ts';
import { BACKSLASH, base64Bytes, nanosOf, timeOf, UNESCAPED } from './scalars.ts';
import { EMPTY, NONE, type Scanner, TRUE } from './scanner.ts';

/** Shorter texts are copied byte by byte, which needs no view of the bytes. */
const SHORT = 48;
/** Tags of length-delimited fields. */
const FIRST = 0x0a;
const SECOND = 0x12;

const decoder = new TextDecoder();

export class MessageWriter extends BackwardBytes {
  readonly #scanner: Scanner;

  constructor(scanner: Scanner) {
    super();
    this.#scanner = scanner;
  }

  /** The fields of a message, without tag and length. */
  fields(fields: readonly FieldPlan[], node: number): void {
    for (let index = fields.length - 1; index >= 0; index--) {
      const field = fields[index] as FieldPlan;
      const { tag } = field;
      if (field.inlined) {
        const end = this.at;
        this.fields(field.inlined, node);
        this.header(tag, end - this.at);
        continue;
      }
      const value = this.#scanner.tape[node + field.slot] as number;
      if (value !== NONE) this.field(tag, field.plan, value);
      else if (field.always) this.#zero(tag, field.plan);
    }
  }

  field(tag: number, plan: ValuePlan, node: number): void {
    if (plan.form === LIST) {
      if (!plan.wrapped) {
        this.#items(tag, plan.inner as ValuePlan, node);
        return;
      }
      const end = this.at;
      this.#items(FIRST, plan.inner as ValuePlan, node);
      this.header(tag, end - this.at);
      return;
    }
    if (plan.form === MAP) {
      this.#entries(tag, plan.inner as ValuePlan, node);
      return;
    }
    this.#single(tag, plan, node);
  }

  #zero(tag: number, { zero }: ValuePlan): void {
    if (zero.length === 1) this.bytes[--this.at] = zero[0] as number;
    else this.raw(zero);
    this.varint(tag);
  }

  #items(tag: number, plan: ValuePlan, last: number): void {
    const { tape } = this.#scanner;
    for (let item = last; item > EMPTY; item = tape[item + 1] as number) {
      const node = tape[item] as number;
      if (node === NONE) this.#zero(tag, plan);
      else this.field(tag, plan, node);
    }
  }

  #entries(tag: number, plan: ValuePlan, last: number): void {
    const { tape } = this.#scanner;
    for (let entry = last; entry > EMPTY; entry = tape[entry + 2] as number) {
      const end = this.at;
      const node = tape[entry + 1] as number;
      if (node !== NONE) this.field(SECOND, plan, node);
      // A list or bytes that are null are not written.
      else if (plan.form !== BYTES && plan.form !== LIST) this.#zero(SECOND, plan);
      this.#text(FIRST, tape[entry] as number);
      this.header(tag, end - this.at);
    }
  }

  #single(tag: number, plan: ValuePlan, node: number): void {
    const end = this.at;
    switch (plan.form) {
      case STRUCT:
        this.fields((plan.message as MessagePlan).fields, node);
        break;
      case STRING:
        this.#text(tag, node);
        return;
      case BOOLEAN:
        this.bytes[--this.at] = node === TRUE ? 1 : 0;
        this.varint(tag);
        return;
      case INTEGER:
        this.#integer(node);
        this.varint(tag);
        return;
      case DOUBLE:
        this.at -= 8;
        new DataView(this.bytes.buffer).setFloat64(this.at, Number(this.#source(node)), true);
        this.varint(tag);
        return;
      case QUANTITY:
        this.#text(FIRST, Math.abs(node));
        break;
      case BYTES:
        this.raw(base64Bytes(this.#source(node)));
        break;
      case INT_OR_STRING:
        this.#intOrString(node);
        break;
      case TIME:
      case MICRO_TIME:
        this.#time(node, plan.form === MICRO_TIME);
        break;
      case DURATION:
        this.bigVarint(nanosOf(this.#source(node)));
        this.bytes[--this.at] = 0x08;
        break;
      case RAW: {
        const { bytes, tape } = this.#scanner;
        this.raw(bytes.subarray(tape[node], tape[node + 1]));
        this.header(FIRST, end - this.at);
        break;
      }
      default:
        this.#schemaOr(plan, node);
    }
    this.header(tag, end - this.at);
  }

  #text(tag: number, node: number): void {
    const { bytes: source, tape, texts } = this.#scanner;
    const from = tape[node] as number;
    const to = tape[node + 1] as number;
    const length = tape[node + 2] as number;
    const end = this.at;
    if (length === to - from) {
      this.at -= length;
      if (length > SHORT) this.bytes.set(source.subarray(from, to), this.at);
      else
        for (let at = 0, { bytes, at: target } = this; at < length; at++)
          bytes[target + at] = source[from + at] as number;
    } else if (length < 0) this.raw(texts[-length - 1] as Uint8Array);
    else {
      this.at -= length;
      const { bytes } = this;
      for (let at = from, target = this.at; at < to; at++, target++) {
        let byte = source[at] as number;
        if (byte === BACKSLASH) {
          byte = source[++at] as number;
          byte = UNESCAPED[byte] ?? byte;
        }
        bytes[target] = byte;
      }
    }
    this.header(tag, end - this.at);
  }

  /** The JSON text of a scalar. */
  #source(node: number): string {
    const { bytes, tape } = this.#scanner;
    return decoder.decode(bytes.subarray(tape[node], tape[node + 1]));
  }

  #integer(node: number): void {
    const { bytes, tape } = this.#scanner;
    const from = tape[node] as number;
    const to = tape[node + 1] as number;
    let value = 0;
    if (to - from < 10) {
      let at = from;
      for (let byte = bytes[at] as number; at < to && byte >= 0x30 && byte <= 0x39; byte = bytes[++at] as number) {
        value = 10 * value + byte - 0x30;
      }
      if (at === to) {
        this.varint(value);
        return;
      }
    }
    const text = this.#source(node);
    if (!/^-?\d+$/.test(text)) value = Number(text);
    if (!Number.isInteger(value)) throw new ProtobufError(`${text} is no whole number`);
    this.bigVarint(/^-?\d+$/.test(text) ? BigInt(text) : BigInt(value));
  }

  /** Below 0 it is a number. All three fields are written. */
  #intOrString(node: number): void {
    if (node < 0) {
      this.bytes[--this.at] = 0;
      this.bytes[--this.at] = 0x1a;
      this.#integer(-node);
    } else {
      this.#text(0x1a, node);
      this.bytes[--this.at] = 0;
    }
    this.bytes[--this.at] = 0x10;
    this.bytes[--this.at] = node < 0 ? 0 : 1;
    this.bytes[--this.at] = 0x08;
  }

  #time(node: number, micro: boolean): void {
    const { bytes, tape } = this.#scanner;
    const time = timeOf(bytes, tape[node] as number, tape[node + 1] as number);
    // Go's zero time has no fields.
    if (time.isZero) return;
    this.varint(micro ? time.microseconds * 1000 : 0);
    this.bytes[--this.at] = 0x10;
    if (time.seconds < 0) this.bigVarint(BigInt(time.seconds));
    else this.varint(time.seconds);
    this.bytes[--this.at] = 0x08;
  }

  #schemaOr({ form, message, inner }: ValuePlan, node: number): void {
    const struct: ValuePlan = { form: STRUCT, message, inner, zero: (message as MessagePlan).zero };
    if (form === SCHEMA_OR_BOOLEAN) {
      if (node > 0) this.#single(SECOND, struct, node);
      const { bytes, tape } = this.#scanner;
      this.bytes[--this.at] = node > 0 || bytes[tape[-node] as number] === 0x74 ? 1 : 0;
      this.bytes[--this.at] = 0x08;
    } else if (node > 0) this.#single(FIRST, struct, node);
    else this.#items(SECOND, form === SCHEMA_OR_LIST ? struct : TEXT, -node);
  }
}

const TEXT: ValuePlan = { form: STRING, zero: Uint8Array.of(0) };
