/**
 * A list's JSON, as it arrives in pieces, → the fields of its protobuf message. The list's head is a line, and so is each
 * item (`wire/protobuf.ts`), so no more than one item is held. An item whose line begins with its revision is encoded
 * once, where the encoder is given a place to keep it.
 */
import { ProtobufError } from '../schema/protobuf-reader.ts';
import { type ListFrame, listFrame, ProtobufEncoder } from './encode.ts';
import type { ValuePlan } from './plan.ts';

const NEWLINE = 0x0a;
const CLOSE_LIST = 0x5d;
const NOTHING = new Uint8Array();
const END = new TextEncoder().encode(']}');
const decoder = new TextDecoder();

/** Encoded items by the revisions of their objects. */
export interface KeptItems {
  get(revision: number): Uint8Array | undefined;
  set(revision: number, bytes: Uint8Array): void;
}

/** An item in the bytes that are being made. */
interface FreshItem {
  revision: number;
  from: number;
  to: number;
}

export class ListEncoder {
  readonly #encoder = new ProtobufEncoder();
  readonly #keptFor: ((type: { apiVersion: string; kind: string }) => KeptItems) | undefined;
  #kept: KeptItems | undefined;
  #fresh: FreshItem[] = [];
  #rest: Uint8Array = NOTHING;
  #item: ValuePlan | undefined;
  #type = { apiVersion: '', kind: '' };
  #out = new Uint8Array(64 * 1024);
  #at = 0;
  #isDone = false;
  /** Of the list; known once its head was read. */
  resourceVersion = '';
  /** Bytes of the message so far. */
  length = 0;

  /** `keptFor`: the items of a kind of list that were encoded before. */
  constructor(keptFor?: (type: { apiVersion: string; kind: string }) => KeptItems) {
    this.#keptFor = keptFor;
  }

  /**
   * Takes the next piece of the JSON, and returns the bytes of the message that it completes. Throws
   * {@link ProtobufError}.
   */
  push(piece: Uint8Array): Uint8Array {
    this.#at = 0;
    let from = 0;
    if (this.#rest.length > 0) {
      const end = piece.indexOf(NEWLINE);
      if (end < 0) {
        this.#rest = joined(this.#rest, piece);
        return NOTHING;
      }
      this.#line(joined(this.#rest, piece.subarray(0, end + 1)), 0);
      this.#rest = NOTHING;
      from = end + 1;
    }
    const last = piece.lastIndexOf(NEWLINE);
    while (from <= last) from = this.#line(piece, from);
    if (from < piece.length) this.#rest = piece.slice(from);
    this.length += this.#at;
    const part = this.#out.slice(0, this.#at);
    // A view of the part would keep all of it in memory.
    for (const { revision, from: start, to } of this.#fresh) this.#kept?.set(revision, part.slice(start, to));
    this.#fresh = [];
    return part;
  }

  /** The bytes before and behind the list's message, once all of it was read. */
  finish(): ListFrame {
    if (!this.#isDone) throw new ProtobufError('the list has no end');
    return listFrame(this.#type, this.length);
  }

  /** The end of the line at `from`, which is in `bytes` as a whole. */
  #line(bytes: Uint8Array, from: number): number {
    if (!this.#item) {
      const end = bytes.indexOf(NEWLINE, from);
      this.#head(joined(bytes.subarray(from, end), END));
      return end + 1;
    }
    if (bytes[from] === CLOSE_LIST) {
      this.#isDone = true;
      return bytes.length;
    }
    let at = from;
    let revision = 0;
    for (let byte = bytes[at] as number; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] as number) {
      revision = 10 * revision + byte - 0x30;
    }
    const kept = revision > 0 ? this.#kept?.get(revision) : undefined;
    if (kept) {
      this.#append(kept);
      return this.#endOfLine(bytes, at);
    }
    const start = this.#at;
    this.#append(this.#encoder.item(bytes, at, this.#item));
    if (revision > 0 && this.#kept) this.#fresh.push({ revision, from: start, to: this.#at });
    return this.#endOfLine(bytes, this.#encoder.at);
  }

  #endOfLine(bytes: Uint8Array, from: number): number {
    const end = bytes.indexOf(NEWLINE, from);
    if (end < 0) throw new ProtobufError('an item has no line of its own');
    return end + 1;
  }

  #head(json: Uint8Array): void {
    const { type, metadata, item } = this.#encoder.listHead(json);
    this.#type = type;
    this.#item = item;
    this.#kept = this.#keptFor?.(type);
    const head = JSON.parse(decoder.decode(json)) as { metadata?: { resourceVersion?: string } };
    this.resourceVersion = head.metadata?.resourceVersion ?? '';
    this.#append(metadata);
  }

  #append(part: Uint8Array): void {
    const length = this.#at + part.length;
    if (length > this.#out.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.#out.subarray(0, this.#at));
      this.#out = larger;
    }
    this.#out.set(part, this.#at);
    this.#at = length;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
