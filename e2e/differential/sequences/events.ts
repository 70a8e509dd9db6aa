/** The events in the bytes of a watch: lines of JSON, documents of YAML, or frames of protobuf. */
import { parse } from 'yaml';
import { ProtobufError, ProtobufReader } from '../../../kube/machinery/schema/protobuf-reader.ts';
import type { Json } from '../mutations.ts';
import { objectOf, PROTOBUF } from './protobuf.ts';

/** The bytes before each frame, which are its length. */
const PREFIX = 4;

export class Events {
  readonly #type: string;
  #rest = Buffer.alloc(0);

  /** `type`: of the content. */
  constructor(type = '') {
    this.#type = type;
  }

  /** The events that this chunk completes. Throws a SyntaxError. */
  *of(chunk: Uint8Array): Generator<Json> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const next = this.#next();
      if (!next) return;
      this.#rest = this.#rest.subarray(next.end);
      if (next.bytes.length > 0) yield this.#event(next.bytes);
    }
  }

  #next(): { bytes: Buffer; end: number } | undefined {
    const rest = this.#rest;
    if (this.#type.startsWith(PROTOBUF)) {
      if (rest.length < PREFIX) return undefined;
      const end = PREFIX + rest.readUInt32BE();
      return rest.length < end ? undefined : { bytes: rest.subarray(PREFIX, end), end };
    }
    const separator = this.#type.startsWith('application/yaml') ? '---\n' : '\n';
    const at = rest.indexOf(separator);
    return at < 0 ? undefined : { bytes: rest.subarray(0, at), end: at + separator.length };
  }

  #event(bytes: Buffer): Json {
    if (this.#type.startsWith(PROTOBUF)) return eventOf(bytes);
    if (this.#type.startsWith('application/yaml')) return parse(bytes.toString());
    return JSON.parse(bytes.toString());
  }
}

/** apimachinery `meta/v1` WatchEvent: a type, and the object's own message with its four bytes in front. */
function eventOf(bytes: Buffer): Json {
  try {
    const reader = new ProtobufReader(bytes, { left: Number.MAX_SAFE_INTEGER });
    const event: Json = {};
    while (reader.next()) {
      if (reader.number === 1) event.type = reader.text();
      else if (reader.number === 2) {
        const raw = reader.message();
        while (raw.next())
          if (raw.number === 1) event.object = objectOf(raw.raw());
          else raw.skip();
      } else throw new SyntaxError(`a field ${reader.number} of a watch event`);
    }
    return event;
  } catch (error) {
    if (error instanceof ProtobufError) throw new SyntaxError(error.message, { cause: error });
    throw error;
  }
}
