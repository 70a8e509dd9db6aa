/** What a body is written in. */
import { parse as parseYaml } from 'yaml';
import { jsonExcess, MAX_DEPTH, MAX_VALUES } from '../../../kube/machinery/schema/json-size.ts';
import { ApiError, badRequest, unsupportedMediaType } from '../errors.ts';
import type { ApiRequest } from '../request.ts';

/** Protobuf becomes JSON at the edge, before it gets here. */
const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** `application/json` when none is named. */
export function mediaType(request: ApiRequest): string {
  const header = request.header('content-type');
  if (!header) return 'application/json';
  const semicolon = header.indexOf(';');
  return (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
}

export function unknownFormat(accepted: readonly string[]): Error {
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

/** The body as JSON text. Throws 415 for what isn't read (CBOR), 400 for malformed YAML, 400 and 413 for excess. */
export function jsonBody(request: ApiRequest): string {
  const type = mediaType(request);
  const body = request.body ?? '';
  switch (type) {
    case 'application/json':
      return request.cause ? body : withinLimits(body);
    case 'application/yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return yamlToJson(body);
    default:
      throw unknownFormat(ACCEPTED);
  }
}

/** A body that nests too deep or holds too much costs nothing more than this look at it. Throws 400 and 413. */
export function withinLimits(text: string): string {
  const excess = jsonExcess(text);
  if (excess === 'depth') throw badRequest(`json parse error: exceeded max depth of ${MAX_DEPTH}`);
  if (excess === 'values') {
    throw new ApiError('RequestEntityTooLarge', `the body holds more than ${MAX_VALUES} values`);
  }
  return text;
}

/** Parsing YAML takes some hundred times as long as parsing JSON. Clients send it by hand, and kubectl never. */
const MOST_YAML = 512 * 1024;

function yamlToJson(text: string): string {
  // Every JSON text is YAML too, and takes the short way.
  if (/^\s*\{/.test(text)) {
    withinLimits(text);
    if (isJson(text)) return text;
  }
  if (text.length > MOST_YAML) {
    throw new ApiError('RequestEntityTooLarge', `YAML is read up to ${MOST_YAML} bytes: send larger bodies as JSON`);
  }
  let json: string;
  try {
    // Aliases are few in manifests and many in attacks. A key that is repeated counts the last time, as upstream; looking
    // for repeated ones takes the square of their number.
    json = JSON.stringify(parseYaml(text, { maxAliasCount: 100, logLevel: 'error', uniqueKeys: false }) ?? null);
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    const why = error instanceof RangeError || line.startsWith('Maximum call stack') ? 'exceeded max depth' : line;
    throw badRequest(`error converting YAML to JSON: yaml: ${why}`);
  }
  return withinLimits(json);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
