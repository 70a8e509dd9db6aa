/** What a body is written in. */
import { parse as parseYaml } from 'yaml';
import { badRequest, unsupportedMediaType } from '../errors.ts';
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

/** The body as JSON text. Throws 415 for what isn't read (CBOR), 400 for malformed YAML. */
export function jsonBody(request: ApiRequest): string {
  const type = mediaType(request);
  const body = request.body ?? '';
  switch (type) {
    case 'application/json':
      return body;
    case 'application/yaml':
    case 'application/x-yaml':
    case 'text/yaml':
      return yamlToJson(body);
    default:
      throw unknownFormat(ACCEPTED);
  }
}

function yamlToJson(text: string): string {
  try {
    // Aliases are few in manifests and many in attacks.
    return JSON.stringify(parseYaml(text, { maxAliasCount: 100, logLevel: 'error' }) ?? null);
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw badRequest(`error converting YAML to JSON: yaml: ${line}`);
  }
}
