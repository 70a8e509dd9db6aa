/**
 * How the edge and a cluster's object share the work of protobuf: the object speaks JSON, in which objects are stored;
 * the edge turns bodies into JSON on their way in, and answers into protobuf on their way out.
 */
export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/** A content type without its parameters. Types are the same in letters of any case. */
export function bareType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/**
 * The content type of an object's answer whose JSON the edge is to write as protobuf: an object. Parameters behind it are
 * those of the edge's answer.
 */
export const JSON_FOR_PROTOBUF = `${PROTOBUF_TYPE};from=json`;
/**
 * The same for a list: its head is a line, and so is each item, with a comma before the next. An item of which the edge
 * may keep the bytes has its revision before it.
 */
export const LINES_FOR_PROTOBUF = `${PROTOBUF_TYPE};from=json-lines`;
/** On the answer to a watch: the client wants its events in {@link PROTOBUF_TYPE}. */
export const WATCH_FORMAT_HEADER = 'islet-watch-format';

/**
 * The body that the object gets, as JSON and with {@link PROTOBUF_TYPE}, in place of a body of protobuf that is none:
 * it knows of which kind that should have been.
 */
export interface ProtobufProblem {
  error: string;
  /** The object that the body names, where that could be read. */
  named?: { kind: string; version: string } | undefined;
  /** The beginning of the body, as errors show it. */
  bytes: string;
}
