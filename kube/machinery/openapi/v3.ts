/** OpenAPI version 3: one document per group version, and the index of them (kube-openapi `handler3`). */
import type { KindDescriptor } from '../../kinds/define.ts';
import { groupVersions } from '../discovery/resources.ts';
import { collectDefinitions, type Descriptions, type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import {
  CUSTOM_INFO,
  headOf,
  INFO,
  type OpenApiInfo,
  type Printer,
  pathsOf,
  responsesOf,
  SECURITY_SCHEMES,
} from './document.ts';
import { type Operation, operationsOf } from './operations.ts';
import type { ConnectOptions } from './parameters.ts';
import { DocumentParts, joinedParts } from './parts.ts';
import { groupOperation, rootDocuments, versionOperation } from './root-operations.ts';

/** `api/v1` or `apis/apps/v1`, by which the index names documents. */
export function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

export interface OpenApiV3 {
  openapi: '3.0.0';
  info: OpenApiInfo;
  paths: Record<string, Record<string, object>>;
  components: { schemas?: Record<string, OpenApiSchema>; securitySchemes?: typeof SECURITY_SCHEMES };
}

/** All documents of the built-in kinds, by their paths. */
export function* openApiV3Documents(
  kinds: readonly KindDescriptor[],
  descriptions: Descriptions,
  options: ConnectOptions,
): Generator<[path: string, OpenApiV3]> {
  for (const [path, operation] of rootDocuments()) yield [path, documentOf([operation], '', 'v1', descriptions)];
  for (const [group, versions] of groupVersions(kinds)) {
    if (group !== '') yield [`apis/${group}`, documentOf([groupOperation(group)], '', 'v1', descriptions)];
    for (const version of versions) {
      yield [documentPath(group, version), openApiV3(kinds, group, version, descriptions, options)];
    }
  }
}

export function openApiV3(
  kinds: readonly KindDescriptor[],
  group: string,
  version: string,
  descriptions: Descriptions,
  options: ConnectOptions = {},
): OpenApiV3 {
  const operations = servedIn(kinds, group, version).flatMap((kind) => operationsOf(kind, options));
  return documentOf([versionOperation(group, version), ...operations], group, version, descriptions);
}

function documentOf(
  operations: readonly Operation[],
  group: string,
  version: string,
  descriptions: Descriptions,
): OpenApiV3 {
  const { paths, used } = pathsOf(operations, PRINTER);
  const legacy = { group: '', version: 'v1' };
  const served = group === '' ? [legacy] : [legacy, { group, version }];
  const schemas = collectDefinitions(used, 'v3', descriptions, served);
  return {
    openapi: '3.0.0',
    info: INFO,
    paths,
    components: { ...(used.size > 0 && { schemas }), securitySchemes: SECURITY_SCHEMES },
  };
}

/**
 * The document of a group version of custom kinds, without the definitions that it shares with others (`custom.ts`): JSON
 * of an {@link OpenApiV3}.
 */
export function openApiV3Part(kinds: readonly KindDescriptor[], group: string, version: string): string {
  const { paths, definitions } = joinedParts(servedIn(kinds, group, version).map((kind) => PARTS.of(kind)));
  const head = `"openapi":"3.0.0","info":${JSON.stringify(CUSTOM_INFO)}`;
  return `{${head},"paths":{${paths}},"components":{"schemas":{${definitions}}}}`;
}

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

const PRINTER: Printer = {
  operation(operation, own) {
    const { body, answer, consumes, produces } = operation;
    const schema = answer ? ref(answer) : { type: 'string' };
    return {
      ...headOf(operation),
      ...(own.length > 0 && { parameters: own.map(PRINTER.parameter) }),
      ...(body && {
        requestBody: {
          content: contentOf(consumes, ref(body.definition)),
          ...(body.isRequired && { required: true }),
        },
      }),
      responses: responsesOf(operation, { content: contentOf(produces, schema) }),
    };
  },
  parameter: ({ type, shared: _, ...parameter }) => ({
    ...parameter,
    ...(parameter.in === 'path' && { required: true }),
    schema: { type, uniqueItems: true },
  }),
};

const PARTS = new DocumentParts('v3', PRINTER);

function contentOf(types: readonly string[], schema: object): object {
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function ref(definition: string): object {
  return { $ref: REF_PREFIX.v3 + definition };
}
