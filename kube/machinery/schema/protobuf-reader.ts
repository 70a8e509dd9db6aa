import { wholeNumber } from '../exact-json.ts';

/** Reads the protobuf wire format. Throws {@link ProtobufError} on bytes that are none. */
export class ProtobufError extends Error {}

/** The number of values that may still be made of a message: an empty message is two bytes, and an object of fifty. */
export interface ValueBudget {
  left: number;
}

/** The message holds more values than are made of one. */
export class ProtobufExcess extends Error {}

/** A mark of byte order at the beginning of a text is part of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const [VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32] = [0, 1, 2, 3, 4, 5];
/** Of the values of a packed field, which have no tags. */
const UNTAGGED = -1;

export class ProtobufReader {
  private at: number;
  private readonly end: number;
  private readonly bytes: Uint8Array;
  /** Shared with the messages within. */
  readonly budget: ValueBudget;
  /** The number of the field that {@link next} found. */
  number = 0;
  /** That of its field, for errors; the number stands for one that is not told. */
  name = '';
  private wire = UNTAGGED;

  constructor(bytes: Uint8Array, budget: ValueBudget, from = 0, end = bytes.length) {
    this.bytes = bytes;
    this.budget = budget;
    this.at = from;
    this.end = end;
  }

  /** Steps to the next field; false at the end. Its value must be read or skipped before the next call. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.number = Number(BigInt.asIntN(32, tag >> 3n));
    this.name = '';
    this.wire = Number(tag & 7n);
    if (this.wire === END_GROUP) throw new ProtobufError('proto: wiretype end group for non-group');
    if (this.number <= 0) throw new ProtobufError(`proto: illegal tag ${this.number} (wire type ${tag})`);
    return true;
  }

  /** To be called for each value that is made. Throws {@link ProtobufExcess} when there have been too many. */
  countValue(): void {
    if (--this.budget.left < 0) throw new ProtobufExcess();
  }

  isPacked(): boolean {
    return this.wire === BYTES;
  }

  /** A varint cut to the field's bits, as Go does. */
  integer(bits: 32 | 64 = 64): number | bigint {
    this.expect(VARINT);
    return wholeNumber(BigInt.asIntN(bits, this.varint()));
  }

  boolean(): boolean {
    this.expect(VARINT);
    return this.varint() !== 0n;
  }

  double(): number {
    this.expect(FIXED64);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getFloat64(this.take(8), true);
  }

  float(): number {
    this.expect(FIXED32);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getFloat32(this.take(4), true);
  }

  text(): string {
    return decoder.decode(this.raw());
  }

  raw(): Uint8Array {
    const length = this.length();
    const from = this.take(length);
    return this.bytes.subarray(from, from + length);
  }

  message(): ProtobufReader {
    const length = this.length();
    const from = this.take(length);
    return new ProtobufReader(this.bytes, this.budget, from, from + length);
  }

  isAtEnd(): boolean {
    return this.at >= this.end;
  }

  skip(): void {
    if (this.wire === VARINT) this.varint();
    else if (this.wire === FIXED64) this.take(8);
    else if (this.wire === BYTES) this.take(this.length());
    else if (this.wire === GROUP) this.skipGroup();
    else if (this.wire === FIXED32) this.take(4);
    else throw new ProtobufError(`proto: illegal wireType ${this.wire}`);
  }

  private skipGroup(): void {
    for (let depth = 1; depth > 0; ) {
      this.wire = Number(this.varint() & 7n);
      if (this.wire === GROUP) depth++;
      else if (this.wire === END_GROUP) depth--;
      else this.skip();
    }
  }

  private expect(wire: number): void {
    if (this.wire === wire || this.wire === UNTAGGED) return;
    const field = this.name === '' ? this.number : this.name.charAt(0).toUpperCase() + this.name.slice(1);
    throw new ProtobufError(`proto: wrong wireType = ${this.wire} for field ${field}`);
  }

  private length(): number {
    this.expect(BYTES);
    const length = Number(BigInt.asIntN(64, this.varint()));
    if (length < 0) throw new ProtobufError('proto: negative length found during unmarshaling');
    return length;
  }

  /** Steps over as many bytes; returns where they begin. */
  private take(count: number): number {
    const from = this.at;
    if (from + count > this.end) throw new ProtobufError('unexpected EOF');
    this.at += count;
    return from;
  }

  private varint(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.bytes[this.take(1)] ?? 0;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.take(1)] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  }
}
