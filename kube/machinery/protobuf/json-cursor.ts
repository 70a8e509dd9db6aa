/** A place in JSON text, as UTF-8 bytes. Throws {@link ProtobufError} where the text is none. */
import { ProtobufError } from '../schema/protobuf-reader.ts';

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const COLON = 0x3a;
const COMMA = 0x2c;

export class JsonCursor {
  bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Steps over a value of any kind. */
  skip(): void {
    const byte = this.peek();
    if (byte === QUOTE) {
      this.#skipText();
      return;
    }
    if (byte !== OPEN && byte !== OPEN_LIST) {
      this.#skipWord();
      return;
    }
    let depth = 0;
    const { bytes } = this;
    for (;;) {
      const found = bytes[this.at];
      if (found === undefined) throw new ProtobufError('unexpected EOF');
      if (found === QUOTE) {
        this.#skipText();
        continue;
      }
      this.at++;
      if (found === OPEN || found === OPEN_LIST) depth++;
      else if ((found === CLOSE || found === CLOSE_LIST) && --depth === 0) return;
    }
  }

  #skipText(): void {
    const { bytes } = this;
    let at = this.at + 1;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === BACKSLASH) at++;
      else if (byte === undefined) throw new ProtobufError('unexpected EOF');
    }
    this.at = at + 1;
  }

  #skipWord(): void {
    const { bytes } = this;
    const start = this.at;
    let byte = bytes[this.at];
    while (byte !== undefined && byte > 0x20 && byte !== COMMA && byte !== CLOSE && byte !== CLOSE_LIST) {
      byte = bytes[++this.at];
    }
    if (this.at === start) throw new ProtobufError('unexpected EOF');
  }

  protected word(length: number): void {
    this.at += length;
    if (this.at > this.bytes.length) throw new ProtobufError('unexpected EOF');
  }

  /** The next byte that is no space. */
  protected peek(): number {
    const { bytes } = this;
    let byte = bytes[this.at];
    while (byte !== undefined && byte <= 0x20) byte = bytes[++this.at];
    if (byte === undefined) throw new ProtobufError('unexpected EOF');
    return byte;
  }

  protected expect(wanted: number): void {
    if (this.peek() !== wanted) throw new ProtobufError(`not the JSON of an object, at byte ${this.at}`);
    this.at++;
  }

  /** Steps over a comma, or the end of what it separates: true at the end. */
  protected next(end: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== end) throw new ProtobufError(`not the JSON of an object, at byte ${this.at}`);
    this.at++;
    return byte === end;
  }
}
