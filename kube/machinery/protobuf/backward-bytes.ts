/**
 * Bytes of protobuf that are written from the end to the beginning, so that the length of a message is known when its
 * header is written.
 */
export class BackwardBytes {
  bytes = new Uint8Array(16 * 1024);
  /** The index of the first byte written; the written bytes reach to the end. */
  at = this.bytes.length;

  /** Makes room for as many bytes. */
  open(most: number): void {
    if (most > this.bytes.length) this.bytes = new Uint8Array(most + (most >> 1));
    this.at = this.bytes.length;
  }

  /** The bytes that were written; good until the next {@link open}. */
  written(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  /** The tag, and the length of the bytes that were written last. */
  header(tag: number, length: number): void {
    this.varint(length);
    this.varint(tag);
  }

  varint(value: number): void {
    const { bytes } = this;
    if (value < 0x80) bytes[--this.at] = value;
    else if (value < 0x4000) {
      bytes[--this.at] = value >>> 7;
      bytes[--this.at] = (value & 0x7f) | 0x80;
    } else if (value < 0x8000_0000) {
      const size = value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
      this.at -= size;
      let rest = value;
      for (let at = this.at; at < this.at + size - 1; at++, rest >>>= 7) bytes[at] = (rest & 0x7f) | 0x80;
      bytes[this.at + size - 1] = rest;
    } else {
      this.bigVarint(BigInt(value));
    }
  }

  bigVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const parts: number[] = [];
    for (; rest > 0x7fn; rest >>= 7n) parts.push(Number(rest & 0x7fn) | 0x80);
    parts.push(Number(rest));
    for (let index = parts.length - 1; index >= 0; index--) this.bytes[--this.at] = parts[index] as number;
  }

  raw(part: Uint8Array): void {
    this.at -= part.length;
    this.bytes.set(part, this.at);
  }
}
