/** DER, read as strictly as Go's `encoding/asn1` does, one value at a time, and written (X.690). */

/** Tags, with their class and whether they are constructed. */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The text is that of an error of Go's `encoding/asn1`. */
export class DerError extends Error {}

/** A value within longer DER bytes. Its parts are cut out when they are asked for. */
export class DerValue {
  readonly tag: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, at: number, end: number) {
    this.tag = bytes[start] as number;
    this.#bytes = bytes;
    this.#start = start;
    this.#at = at;
    this.#end = end;
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }

  /** Tag, length and content. */
  get full(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The content as text, each byte one character. */
  get text(): string {
    let text = '';
    for (let at = this.#at; at < this.#end; at++) text += String.fromCharCode(this.#bytes[at] as number);
    return text;
  }
}

const truncated = (): DerError => new DerError('asn1: syntax error: data truncated');
const wrongTag = (): DerError => new DerError("asn1: structure error: tags don't match");

export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The tag of the next value; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next value, which must have this tag where one is given. Throws a DerError. */
  next(tag?: number): DerValue {
    const bytes = this.#bytes;
    const start = this.#at;
    const found = bytes[start];
    if (found === undefined) throw new DerError('asn1: syntax error: sequence truncated');
    // No type that certificates use has a tag of several bytes.
    if ((found & 0x1f) === 0x1f || (tag !== undefined && found !== tag)) throw wrongTag();
    const { length, at } = readLength(bytes, start + 1);
    const end = at + length;
    if (end > bytes.length) throw truncated();
    this.#at = end;
    return new DerValue(bytes, start, at, end);
  }

  /** A reader over the content of the next value. */
  inside(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  /** Throws where something is left. */
  end(): void {
    if (!this.isEmpty) throw new DerError('asn1: syntax error: trailing data');
  }
}

function readLength(bytes: Uint8Array, at: number): { length: number; at: number } {
  const first = bytes[at];
  if (first === undefined) throw truncated();
  if (first < 0x80) return { length: first, at: at + 1 };
  const size = first & 0x7f;
  if (size === 0) throw new DerError('asn1: syntax error: indefinite length found (not DER)');
  if (size > 4) throw new DerError('asn1: structure error: length too large');
  let length = 0;
  for (let index = 1; index <= size; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw truncated();
    length = length * 256 + byte;
    if (length === 0) throw new DerError('asn1: structure error: superfluous leading zeros in length');
  }
  if (length < 0x80) throw new DerError('asn1: structure error: non-minimal length');
  return { length, at: at + 1 + size };
}

/** `1.2.840.10045.2.1` */
export function oidText(content: Uint8Array): string {
  if (content.length === 0) throw new DerError('asn1: syntax error: zero length OBJECT IDENTIFIER');
  const numbers: number[] = [];
  let value = 0;
  for (const [index, byte] of content.entries()) {
    value = value * 128 + (byte & 0x7f);
    if (value > 0x7fffffff) throw new DerError('asn1: structure error: base 128 integer too large');
    if (byte & 0x80) {
      if (index === content.length - 1) throw new DerError('asn1: syntax error: truncated base 128 integer');
      continue;
    }
    if (numbers.length === 0) {
      const root = Math.min(Math.floor(value / 40), 2);
      numbers.push(root, value - 40 * root);
    } else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

/** The bytes of a BIT STRING, of which none are left over in what certificates have. */
export function bitStringBytes(content: Uint8Array): Uint8Array {
  if (content.length === 0) throw new DerError('asn1: syntax error: zero length BIT STRING');
  if (content[0] !== 0) throw new DerError('asn1: syntax error: invalid padding bits in BIT STRING');
  return content.subarray(1);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function value(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(contents);
  const { length } = content;
  if (length < 0x80) return concat([Uint8Array.of(tag, length), content]);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  return concat([Uint8Array.of(tag, 0x80 | size.length, ...size), content]);
}

export const sequence = (...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  value(TAG.sequence, ...contents);

/** The elements of a SET OF stand in the order of their bytes. */
export function setOf(elements: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return value(TAG.set, concat([...elements].sort(compareBytes)));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function oid(text: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((number) => {
    const base128 = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) base128.unshift((left & 0x7f) | 0x80);
    return base128;
  });
  return value(TAG.oid, Uint8Array.from(bytes));
}

/** An INTEGER that is not negative, of bytes in the order of the network. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.subarray(start);
  const sign = ((magnitude[0] ?? 0) & 0x80) !== 0 || magnitude.length === 0 ? [Uint8Array.of(0)] : [];
  return value(TAG.integer, ...sign, magnitude);
}

/** `unused` bits at the end count for nothing. */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array<ArrayBuffer> {
  return value(TAG.bitString, Uint8Array.of(unused), bytes);
}

/** Milliseconds since the epoch; certificates say whole seconds, UTCTime until 2049 (RFC 5280, section 4.1.2.5). */
export function time(milliseconds: number): Uint8Array<ArrayBuffer> {
  const text = new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const isShort = text >= '1950' && text < '2050';
  return value(isShort ? TAG.utcTime : TAG.generalizedTime, ascii(isShort ? text.slice(2) : text));
}

/** Milliseconds since the epoch. Throws a DerError. */
export function timeOf({ tag, text }: DerValue): number {
  const isShort = tag === TAG.utcTime;
  if (!isShort && tag !== TAG.generalizedTime) throw wrongTag();
  const full = isShort ? `${Number(text.slice(0, 2)) >= 50 ? '19' : '20'}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  const milliseconds = parts
    ? Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`)
    : Number.NaN;
  if (Number.isNaN(milliseconds)) throw new DerError('x509: malformed time');
  return milliseconds;
}

export function ascii(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
