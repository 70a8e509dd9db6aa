/**
 * The version 2 document as `openapi.v2.Document` (gnostic-models `openapiv2/OpenAPIv2.proto`), the form kubectl reads.
 */
import { isWhole } from '../exact-json.ts';
import { ProtobufWriter } from '../schema/protobuf-writer.ts';
import type { OpenApiSchema } from './definitions.ts';
import type { Swagger, SwaggerOperation, SwaggerParameter, SwaggerPath } from './v2.ts';

const METHODS = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 } as const;

export function encodeOpenApiV2(document: Partial<Swagger> & Pick<Swagger, 'paths' | 'definitions'>): Uint8Array {
  const { swagger, info, paths, definitions, parameters, security = [], securityDefinitions } = document;
  const out = new ProtobufWriter();
  if (swagger) out.string(1, swagger);
  if (info) out.message(2, (inner) => inner.string(1, info.title).string(2, info.version));
  out.message(8, (all) => {
    for (const [path, item] of Object.entries(paths)) {
      all.message(2, (named) => named.string(1, path).message(2, (inner) => writePath(inner, item)));
    }
  });
  out.message(9, (inner) => writeSchemas(inner, definitions));
  if (parameters) {
    out.message(10, (all) => {
      for (const [name, parameter] of Object.entries(parameters)) {
        all.message(1, (named) => named.string(1, name).message(2, (inner) => writeParameter(inner, parameter)));
      }
    });
  }
  for (const requirement of security) {
    out.message(12, (all) => {
      for (const name of Object.keys(requirement))
        all.message(1, (named) => named.string(1, name).message(2, () => {}));
    });
  }
  if (securityDefinitions) {
    out.message(13, (all) => {
      for (const [name, { type, name: header, in: place, description }] of Object.entries(securityDefinitions)) {
        const write = (key: ProtobufWriter) =>
          key.string(1, type).string(2, header).string(3, place).string(4, description);
        all.message(1, (named) => named.string(1, name).message(2, (item) => item.message(2, write)));
      }
    });
  }
  return out.finish();
}

function writePath(out: ProtobufWriter, path: SwaggerPath): void {
  for (const [method, number] of Object.entries(METHODS)) {
    const operation = path[method as keyof typeof METHODS];
    if (operation) out.message(number, (inner) => writeOperation(inner, operation));
  }
  writeParameters(out, 9, path.parameters);
}

function writeOperation(out: ProtobufWriter, operation: SwaggerOperation): void {
  for (const tag of operation.tags) out.string(1, tag);
  out.string(3, operation.description).string(5, operation.operationId);
  for (const type of operation.produces) out.string(6, type);
  for (const type of operation.consumes ?? []) out.string(7, type);
  writeParameters(out, 8, operation.parameters);
  out.message(9, (responses) => {
    for (const [code, response] of Object.entries(operation.responses)) {
      responses.message(1, (named) =>
        named.string(1, code).message(2, (value) =>
          value.message(1, (inner) => {
            inner.string(1, response.description);
            if (response.schema) {
              const schema = response.schema;
              inner.message(2, (item) => item.message(1, (target) => writeSchema(target, schema)));
            }
          }),
        ),
      );
    }
  });
  for (const scheme of operation.schemes) out.string(10, scheme);
  writeExtensions(out, 13, operation as unknown as OpenApiSchema);
}

function writeParameters(out: ProtobufWriter, field: number, parameters: SwaggerPath['parameters'] = []): void {
  for (const parameter of parameters) {
    out.message(field, (item) => {
      if ('$ref' in parameter) item.message(2, (reference) => reference.string(1, parameter.$ref));
      else item.message(1, (inner) => writeParameter(inner, parameter));
    });
  }
}

function writeParameter(out: ProtobufWriter, parameter: SwaggerParameter): void {
  const { schema } = parameter;
  if (parameter.in === 'body') {
    out.message(1, (body) => {
      body.string(2, parameter.name).string(3, 'body');
      if (parameter.required) body.boolean(4, true);
      if (schema) body.message(5, (inner) => writeSchema(inner, schema));
    });
    return;
  }
  const isQuery = parameter.in === 'query';
  out.message(2, (simple) =>
    simple.message(isQuery ? 3 : 4, (inner) => {
      if (parameter.required) inner.boolean(1, true);
      inner
        .string(2, parameter.in)
        .string(3, parameter.description ?? '')
        .string(4, parameter.name);
      inner.string(isQuery ? 6 : 5, parameter.type ?? 'string').boolean(isQuery ? 20 : 19, true);
    }),
  );
}

function writeSchemas(out: ProtobufWriter, schemas: Record<string, OpenApiSchema>): void {
  for (const [name, schema] of Object.entries(schemas)) {
    if (typeof schema !== 'object' || schema === null) continue;
    out.message(1, (named) => named.string(1, name).message(2, (inner) => writeSchema(inner, schema)));
  }
}

function writeSchema(out: ProtobufWriter, schema: OpenApiSchema): void {
  if (typeof schema.$ref === 'string') out.string(1, schema.$ref);
  if (typeof schema.format === 'string') out.string(2, schema.format);
  if (typeof schema.description === 'string') out.string(4, schema.description);
  if (schema.default !== undefined) out.message(5, (any) => any.string(2, JSON.stringify(schema.default)));
  for (const name of listOf(schema.required)) if (typeof name === 'string') out.string(19, name);
  for (const value of listOf(schema.enum)) out.message(20, (any) => any.string(2, JSON.stringify(value)));
  const { additionalProperties, items, properties, type } = schema as Record<string, OpenApiSchema | undefined>;
  if (typeof additionalProperties === 'boolean') out.message(21, (item) => item.boolean(2, additionalProperties));
  else if (additionalProperties) {
    out.message(21, (item) => item.message(1, (inner) => writeSchema(inner, additionalProperties)));
  }
  if (typeof type === 'string') out.message(22, (item) => item.string(1, type));
  if (items) out.message(23, (item) => item.message(1, (inner) => writeSchema(inner, items)));
  if (typeof properties === 'object' && properties !== null)
    out.message(25, (inner) => writeSchemas(inner, properties as Record<string, OpenApiSchema>));
  writeLimits(out, schema);
  writeExtensions(out, 31, schema);
}

/** Keywords that definitions of custom kinds have alone. */
const DOUBLES = { multipleOf: 6, maximum: 7, minimum: 9 };
const FLAGS = { exclusiveMaximum: 8, exclusiveMinimum: 10, uniqueItems: 16 };
const COUNTS = { maxLength: 11, minLength: 12, maxItems: 14, minItems: 15, maxProperties: 17, minProperties: 18 };
const TEXTS = { title: 3, pattern: 13 };

function writeLimits(out: ProtobufWriter, schema: OpenApiSchema): void {
  for (const [name, field] of Object.entries(TEXTS)) {
    const value = schema[name];
    if (typeof value === 'string') out.string(field, value);
  }
  for (const [name, field] of Object.entries(DOUBLES)) {
    const value = schema[name];
    if (typeof value === 'number' || typeof value === 'bigint') out.double(field, Number(value));
  }
  for (const [name, field] of Object.entries(FLAGS)) if (schema[name] === true) out.boolean(field, true);
  for (const [name, field] of Object.entries(COUNTS)) {
    const value = schema[name];
    if (isWhole(value)) out.integer(field, value);
  }
  const { externalDocs, example } = schema as { externalDocs?: Record<string, unknown>; example?: unknown };
  if (typeof externalDocs === 'object' && externalDocs !== null) {
    const { description, url } = externalDocs;
    out.message(29, (inner) => {
      if (typeof description === 'string') inner.string(1, description);
      if (typeof url === 'string') inner.string(2, url);
    });
  }
  if (example !== undefined) out.message(30, (any) => any.string(2, JSON.stringify(example)));
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Extensions are YAML texts, of which JSON is a part. */
function writeExtensions(out: ProtobufWriter, field: number, of: OpenApiSchema): void {
  for (const [name, value] of Object.entries(of)) {
    if (!name.startsWith('x-')) continue;
    out.message(field, (named) => named.string(1, name).message(2, (any) => any.string(2, JSON.stringify(value))));
  }
}
