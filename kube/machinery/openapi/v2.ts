/**
 * OpenAPI version 2, all groups in one document. kubectl asks for it where version 3 does not say enough: to validate a
 * manifest of `kind: List`, and for `explain --output=plaintext-openapiv2`.
 */
import type { KindDescriptor } from '../../kinds/define.ts';
import { collectDefinitions, type Descriptions, type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import { documentInfo, type OpenApiInfo, operationHead, pathsOf, responsesOf } from './document.ts';
import { type Operation, operationsOf } from './operations.ts';
import { DocumentParts, joinedParts } from './parts.ts';

export interface SwaggerParameter {
  name: string;
  in: 'query' | 'path' | 'body';
  description?: string;
  required?: boolean;
  type?: string;
  uniqueItems?: boolean;
  schema?: OpenApiSchema;
}

export interface SwaggerOperation {
  description: string;
  consumes: string[];
  produces: string[];
  schemes: string[];
  tags: string[];
  operationId: string;
  parameters: SwaggerParameter[];
  responses: Record<string, { description: string; schema?: OpenApiSchema }>;
  'x-kubernetes-action': string;
  'x-kubernetes-group-version-kind': object;
}

export interface Swagger {
  swagger: '2.0';
  info: { title: string; version: string };
  paths: Record<string, Record<string, SwaggerOperation>>;
  definitions: Record<string, OpenApiSchema>;
}

export function openApiV2(kinds: readonly KindDescriptor[], info: OpenApiInfo, descriptions: Descriptions): Swagger {
  const { paths, used } = pathsOf(kinds.flatMap(operationsOf), printOperation);
  return { swagger: '2.0', info: documentInfo(info), paths, definitions: collectDefinitions(used, 'v2', descriptions) };
}

/** The part of custom kinds in the document (`custom.ts`), as JSON of a {@link Swagger}. */
export function openApiV2Part(kinds: readonly KindDescriptor[], info: OpenApiInfo): string {
  const { paths, definitions } = joinedParts(kinds.map((kind) => PARTS.of(kind)));
  return `{"swagger":"2.0","info":${JSON.stringify(documentInfo(info))},"paths":{${paths}},"definitions":{${definitions}}}`;
}

const PARTS = new DocumentParts('v2', printOperation);

function printOperation(operation: Operation): SwaggerOperation {
  const { body, answer, action } = operation;
  const parameters: SwaggerParameter[] = operation.parameters.map((parameter) => ({
    ...parameter,
    ...(parameter.in === 'path' && { required: true }),
    uniqueItems: true,
  }));
  if (body) parameters.push({ name: 'body', in: 'body', required: action !== 'delete', schema: ref(body) });
  const schema: OpenApiSchema = answer ? ref(answer) : { type: 'string' };
  return {
    ...operationHead(operation),
    consumes: [...operation.consumes],
    produces: [answer ? 'application/json' : '*/*'],
    schemes: ['https'],
    parameters,
    responses: responsesOf(operation, { schema }),
  };
}

function ref(definition: string): OpenApiSchema {
  return { $ref: REF_PREFIX.v2 + definition };
}
