/** Watch events, lines of JSON, as the frames of a protobuf stream. */
import { ProtobufEncoder } from '../../kube/machinery/protobuf/encode.ts';

const NEWLINE = 0x0a;
/**
 * Code units of the frames whose bytes are kept: all watchers of a kind are sent the same text at about the same time.
 */
const MAX_KEPT = 256 * 1024;
/** Bytes that the encoder may keep for the next object; beyond, they are given back. */
const MAX_ROOM = 1024 * 1024;

const utf8 = new TextEncoder();
const kept = new Map<string, Uint8Array>();
let keptSize = 0;
let encoder = new ProtobufEncoder();

/** The encoder of this isolate. */
export function sharedEncoder(): ProtobufEncoder {
  if (encoder.size > MAX_ROOM) encoder = new ProtobufEncoder();
  return encoder;
}

/** `lines` are whole ones. */
export function encodeEvents(lines: string): Uint8Array {
  let bytes = kept.get(lines);
  if (!bytes) {
    bytes = framesOf(utf8.encode(lines));
    keptSize += lines.length;
    if (keptSize > MAX_KEPT) {
      kept.clear();
      keptSize = lines.length;
    }
    if (lines.length <= MAX_KEPT) kept.set(lines, bytes);
  }
  return bytes;
}

function framesOf(json: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  let size = 0;
  for (let from = 0; from < json.length; ) {
    const newline = json.indexOf(NEWLINE, from);
    const end = newline < 0 ? json.length : newline;
    if (end > from) {
      const frame = sharedEncoder().event(json.subarray(from, end));
      frames.push(frame);
      size += frame.length;
    }
    from = end + 1;
  }
  return joined(frames, size);
}

export function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
