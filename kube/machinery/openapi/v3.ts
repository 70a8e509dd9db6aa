/** OpenAPI version 3: one document per group version, and the index of them (kube-openapi `handler3`). */
import type { KindDescriptor } from '../../kinds/define.ts';
import { collectDefinitions, type Descriptions, type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import { documentInfo, type OpenApiInfo, operationHead, pathsOf, responsesOf } from './document.ts';
import { type Operation, operationsOf } from './operations.ts';
import { DocumentParts, joinedParts } from './parts.ts';

/** `api/v1` or `apis/apps/v1`, by which the index names documents. */
export function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

export interface OpenApiV3 {
  openapi: '3.0.0';
  info: ReturnType<typeof documentInfo>;
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, OpenApiSchema> };
}

export function openApiV3(
  kinds: readonly KindDescriptor[],
  group: string,
  version: string,
  info: OpenApiInfo,
  descriptions: Descriptions,
): OpenApiV3 {
  const { paths, used } = pathsOf(servedIn(kinds, group, version).flatMap(operationsOf), printOperation);
  const schemas = collectDefinitions(used, 'v3', descriptions);
  return { openapi: '3.0.0', info: documentInfo(info), paths, components: { schemas } };
}

/**
 * The document of a group version of custom kinds, without the definitions that it shares with others (`custom.ts`): JSON
 * of an {@link OpenApiV3}.
 */
export function openApiV3Part(
  kinds: readonly KindDescriptor[],
  group: string,
  version: string,
  info: OpenApiInfo,
): string {
  const { paths, definitions } = joinedParts(servedIn(kinds, group, version).map((kind) => PARTS.of(kind)));
  const head = `"openapi":"3.0.0","info":${JSON.stringify(documentInfo(info))}`;
  return `{${head},"paths":{${paths}},"components":{"schemas":{${definitions}}}}`;
}

const PARTS = new DocumentParts('v3', printOperation);

function servedIn(kinds: readonly KindDescriptor[], group: string, version: string): readonly KindDescriptor[] {
  return kinds.filter((kind) => kind.group === group && kind.version === version);
}

export interface OpenApiV3Index {
  paths: Record<string, { serverRelativeURL: string }>;
}

/** `hashes`: document path → a hash of its content, by which clients cache it for good. */
export function openApiV3Index(hashes: ReadonlyMap<string, string>): OpenApiV3Index {
  const paths: OpenApiV3Index['paths'] = {};
  for (const [path, hash] of hashes) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  return { paths };
}

function printOperation(operation: Operation): object {
  const { body, answer, consumes } = operation;
  const content = answer ? { 'application/json': { schema: ref(answer) } } : { '*/*': { schema: { type: 'string' } } };
  return {
    ...operationHead(operation),
    parameters: operation.parameters.map(({ type, ...parameter }) => ({
      ...parameter,
      ...(parameter.in === 'path' ? { required: true } : {}),
      schema: { type, uniqueItems: true },
    })),
    ...(body && {
      requestBody: { content: Object.fromEntries(consumes.map((type) => [type, { schema: ref(body) }])) },
    }),
    responses: responsesOf(operation, { content }),
  };
}

function ref(definition: string): object {
  return { $ref: REF_PREFIX.v3 + definition };
}
