/** Writes the protobuf wire format. Lengths come before contents, so messages are written from inside out. */
const encoder = new TextEncoder();

export class ProtobufWriter {
  private bytes = new Uint8Array(256);
  private length = 0;

  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** Variable-length integer; negative ones take ten bytes, as int32 and int64 do. */
  integer(field: number, value: number | bigint): this {
    this.varint(field << 3);
    return this.bigVarint(BigInt.asUintN(64, BigInt(value)));
  }

  boolean(field: number, value: boolean): this {
    this.varint(field << 3);
    return this.varint(value ? 1 : 0);
  }

  double(field: number, value: number): this {
    this.varint((field << 3) | 1);
    const at = this.reserve(8);
    new DataView(this.bytes.buffer).setFloat64(at, value, true);
    return this;
  }

  string(field: number, value: string): this {
    return this.raw(field, encoder.encode(value));
  }

  raw(field: number, value: Uint8Array): this {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    const at = this.reserve(value.length);
    this.bytes.set(value, at);
    return this;
  }

  message(field: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter();
    write(inner);
    return this.raw(field, inner.bytes.subarray(0, inner.length));
  }

  private varint(value: number): this {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  private bigVarint(value: bigint): this {
    if (value < 0x80000000n) return this.varint(Number(value));
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    return this.byte(Number(rest));
  }

  private byte(value: number): this {
    const at = this.reserve(1);
    this.bytes[at] = value;
    return this;
  }

  /** Room for as many bytes; returns where it begins. */
  private reserve(count: number): number {
    const at = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    return at;
  }
}
