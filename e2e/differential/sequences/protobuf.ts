/** Answers in protobuf, as objects. */
import { ProtobufEncoder } from '../../../kube/machinery/protobuf/encode.ts';
import { decodeProtobuf } from '../../../kube/machinery/schema/protobuf-decode.ts';
import type { Json } from '../mutations.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const encoder = new ProtobufEncoder();

/**
 * The object of a message. Fields that this decoder does not know, and bytes in another order, would not show in it: so the
 * object is written anew, and where other bytes come of it they are told of.
 */
export function objectOf(bytes: Uint8Array): Json {
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) return `no protobuf: ${decoded.error}`;
  const { object } = decoded;
  const again = encoder.object(new TextEncoder().encode(JSON.stringify(object)));
  return Buffer.compare(again, bytes) === 0 ? object : { ...object, bytes: placeOf(bytes, again) };
}

/** Where the bytes begin to differ, with some of both. */
function placeOf(bytes: Uint8Array, again: Uint8Array): string {
  let at = 0;
  while (at < bytes.length && bytes[at] === again[at]) at++;
  const part = (from: Uint8Array) => Buffer.from(from.subarray(Math.max(0, at - 8), at + 16)).toString('latin1');
  return `${JSON.stringify(part(bytes))} or ${JSON.stringify(part(again))}`;
}
