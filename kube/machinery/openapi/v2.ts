/**
 * OpenAPI version 2, all groups in one document. kubectl asks for it where version 3 does not say enough: to validate a
 * manifest of `kind: List`, and for `explain --output=plaintext-openapiv2`.
 */
import type { KindDescriptor } from '../../kinds/define.ts';
import { entryOf } from '../entries.ts';
import { collectDefinitions, type Descriptions, type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import { headOf, INFO, type OpenApiInfo, type Printer, pathsOf, responsesOf, SECURITY_SCHEMES } from './document.ts';
import { type Method, operationsOf } from './operations.ts';
import type { ConnectOptions, Parameter } from './parameters.ts';
import { DocumentParts, joinedParts } from './parts.ts';
import { rootOperations } from './root-operations.ts';

export interface SwaggerParameter {
  name: string;
  in: 'query' | 'path' | 'body';
  description?: string;
  required?: boolean;
  type?: string;
  uniqueItems?: boolean;
  schema?: OpenApiSchema;
}

/** To one of {@link Swagger.parameters}. */
interface ParameterReference {
  $ref: string;
}

export interface SwaggerOperation {
  description: string;
  consumes?: string[];
  produces: string[];
  schemes: string[];
  tags: string[];
  operationId: string;
  parameters?: (SwaggerParameter | ParameterReference)[];
  responses: Record<string, { description: string; schema?: OpenApiSchema }>;
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: object;
}

export type SwaggerPath = Partial<Record<Method, SwaggerOperation>> & Pick<SwaggerOperation, 'parameters'>;

export interface Swagger {
  swagger: '2.0';
  info: OpenApiInfo;
  parameters?: Record<string, SwaggerParameter>;
  security?: Record<string, string[]>[];
  securityDefinitions?: Record<string, (typeof SECURITY_SCHEMES)['BearerToken']>;
  paths: Record<string, SwaggerPath>;
  definitions: Record<string, OpenApiSchema>;
}

const PREFIX = '#/parameters/';
const BODY_REFS: Record<string, string> = { DeleteOptions: 'body-2Y1dVQaQ', Patch: 'body-78PwaGsr' };

/** The document of the built-in kinds. Paths and definitions end it, as the edge expects that joins others to it. */
export function openApiV2(
  kinds: readonly KindDescriptor[],
  descriptions: Descriptions,
  options: ConnectOptions = {},
): Swagger {
  const operations = [...rootOperations(kinds), ...kinds.flatMap((kind) => operationsOf(kind, options))];
  const printer = new SwaggerPrinter();
  const { paths, used } = pathsOf(operations, printer);
  const named = [...printer.parameters].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    swagger: '2.0',
    info: INFO,
    parameters: Object.fromEntries(named),
    security: [{ BearerToken: [] }],
    securityDefinitions: SECURITY_SCHEMES,
    paths,
    definitions: collectDefinitions(used, 'v2', descriptions),
  };
}

/** The part of custom kinds in the document (`custom.ts`), as JSON of a {@link Swagger}. */
export function openApiV2Part(kinds: readonly KindDescriptor[]): string {
  const { paths, definitions } = joinedParts(kinds.map((kind) => PARTS.of(kind)));
  return `{"swagger":"2.0","info":${JSON.stringify(INFO)},"paths":{${paths}},"definitions":{${definitions}}}`;
}

class SwaggerPrinter implements Printer {
  /** The parameters that operations refer to. */
  readonly parameters = new Map<string, SwaggerParameter>();

  readonly operation: Printer['operation'] = (operation, own): SwaggerOperation => {
    const { body, answer, consumes, produces } = operation;
    const parameters = own.map(this.parameter);
    if (body) {
      const common = entryOf(BODY_REFS, body.definition.slice(body.definition.lastIndexOf('.') + 1));
      const required = body.isRequired && { required: true };
      const parameter: SwaggerParameter = { name: 'body', in: 'body', ...required, schema: ref(body.definition) };
      parameters.unshift(common === undefined ? parameter : this.#shared(common, parameter));
    }
    const schema: OpenApiSchema = answer ? ref(answer) : { type: 'string' };
    return {
      ...headOf(operation),
      ...(consumes.length > 0 && { consumes: [...consumes] }),
      produces: [...produces],
      schemes: ['https'],
      ...(parameters.length > 0 && { parameters }),
      responses: responsesOf(operation, { schema }),
    };
  };

  readonly parameter = (given: Parameter): SwaggerParameter | ParameterReference => {
    if (given.shared !== undefined && this.parameters.has(given.shared)) return { $ref: PREFIX + given.shared };
    const { shared, type, ...rest } = given;
    const required = rest.in === 'path' && { required: true };
    const parameter = { uniqueItems: true, type, ...rest, ...required };
    return shared === undefined ? parameter : this.#shared(shared, parameter);
  };

  #shared(name: string, parameter: SwaggerParameter): ParameterReference {
    this.parameters.set(name, parameter);
    return { $ref: PREFIX + name };
  }
}

const PARTS = new DocumentParts('v2', new SwaggerPrinter());

function ref(definition: string): OpenApiSchema {
  return { $ref: REF_PREFIX.v2 + definition };
}
