/** The media type of a body, and the body as JSON. */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { repeatsKeys } from '../../../kube/machinery/schema/duplicate-keys.ts';
import { hugeNumber, jsonExcess, MAX_DEPTH, MAX_VALUES } from '../../../kube/machinery/schema/json-size.ts';
import { readableJson } from '../../../kube/machinery/schema/readable-json.ts';
import { isOddYaml, yamlToJson } from '../../../kube/machinery/yaml.ts';
import { bareType, PROTOBUF_TYPE, type ProtobufProblem } from '../../../wire/protobuf.ts';
import { ApiError, badRequest, unsupportedMediaType } from '../errors.ts';
import type { ApiRequest } from '../request.ts';

/** Protobuf becomes JSON at the edge, before it gets here, or else a {@link ProtobufProblem}. */
const ACCEPTED = ['application/json', 'application/yaml', PROTOBUF_TYPE];

/** `application/json` when none is named. */
export function mediaType(request: ApiRequest): string {
  const header = request.header('content-type');
  return header ? bareType(header) : 'application/json';
}

export function unknownFormat(accepted: readonly string[]): Error {
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

export interface Body {
  /** JSON. */
  text: string;
  /** The value of the text, where it was parsed on the way. */
  value?: unknown;
  /** Errors of strict decoding in the YAML, which are lost in JSON. */
  problems: readonly string[];
}

/** The message of a 400, by what Go's scanner, or its reader of YAML, says of the text. */
export type Tell = (why: string) => string;

interface Tells {
  json?: Tell;
  yaml?: Tell;
}

const NONE: readonly string[] = [];

/** The body as JSON text. Throws 415 for what isn't read (CBOR), 400 for what is malformed, 400 and 413 for excess. */
export function jsonBody(request: ApiRequest): string {
  return readBody(request).text;
}

export function readBody(request: ApiRequest, { json, yaml = (why) => why }: Tells = {}): Body {
  const text = request.body ?? '';
  switch (mediaType(request)) {
    case 'application/json':
      return { text: request.cause ? text : withinLimits(text, json), problems: NONE };
    case 'application/yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return yamlBody(text, yaml);
    case PROTOBUF_TYPE:
      throw badRequest(protobufProblem(request).error);
    default:
      throw unknownFormat(ACCEPTED);
  }
}

/** The problem that the edge has found in a body of protobuf. It leaves a request without a body as it is. */
export function protobufProblem({ body }: ApiRequest): ProtobufProblem {
  return body ? (JSON.parse(body) as ProtobufProblem) : { error: 'empty data', bytes: '<empty>' };
}

/** Parsing YAML takes some hundred times as long as parsing JSON. Clients send it by hand, and kubectl never. */
const MAX_YAML = 512 * 1024;

function yamlBody(text: string, tell: Tell): Body {
  // Every JSON text is YAML too, and takes the short way.
  if (/^\s*\{/.test(text)) {
    withinLimits(text);
    const value = asJson(text);
    if (value !== undefined && !isOddYaml(text) && !repeatsKeys(text, value)) return { text, problems: NONE };
  }
  return readYamlText(text, (why) => tell(why.replace(CONVERTING, '')));
}

/** The body of an apply, which is YAML also where it is JSON. `prefix`: of the message of a 400. */
export function readYamlBody(given: string, prefix: string): Body {
  const tell: Tell = (why) => prefix + why;
  if (!/^\s*\{/.test(given)) return readYamlText(given, tell);
  const told = `${prefix}error converting YAML to JSON: yaml: exceeded max depth of ${MAX_DEPTH}`;
  withinLimits(given, () => told);
  if (isOddYaml(given)) return readYamlText(given, tell);
  const text = readableJson(given);
  const value = asJson(text);
  if (value !== undefined && !repeatsKeys(text, value)) return { text, value, problems: NONE };
  return readYamlText(text, tell);
}

/** How `yamlToJson` begins its errors; upstream's decoder of bodies has no such step. */
const CONVERTING = /^error converting YAML to JSON: /;

function readYamlText(text: string, tell: Tell): Body {
  if (text.length > MAX_YAML) {
    throw new ApiError('RequestEntityTooLarge', `YAML is read up to ${MAX_YAML} bytes: send larger bodies as JSON`);
  }
  const body = readYaml(text, tell);
  withinLimits(body.text);
  return body;
}

function readYaml(text: string, tell: Tell): Body {
  try {
    return yamlToJson(text);
  } catch (error) {
    throw badRequest(tell((error as Error).message));
  }
}

/**
 * Refuses a body that nests too deep or holds too many values before it is parsed. Throws 400 and 413.
 */
export function withinLimits(text: string, tell: Tell = (why) => `json parse error: ${why}`): string {
  const excess = jsonExcess(text);
  if (excess === 'values') {
    throw new ApiError('RequestEntityTooLarge', `the body holds more than ${MAX_VALUES} values`);
  }
  if (excess) throw badRequest(tell(`invalid character '${excess}' exceeded max depth`));
  return text;
}

function asJson(text: string): unknown {
  // The YAML decoder has its own error for such a number.
  if (hugeNumber(text) !== undefined) return undefined;
  try {
    return parseExact(text) as unknown;
  } catch {
    return undefined;
  }
}
