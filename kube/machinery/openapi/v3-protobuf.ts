/** A document of version 3 as `openapi.v3.Document` (gnostic-models `openapiv3/OpenAPIv3.proto`). */

import { isWhole } from '../exact-json.ts';
import { isObject } from '../json-object.ts';
import { ProtobufWriter } from '../schema/protobuf-writer.ts';
import { yamlOf } from './yaml-values.ts';

/** Writes a value as a field; nothing for what has another type, and for zero values, as protobuf leaves them out. */
type Write = (out: ProtobufWriter, field: number, value: unknown) => void;
type Members = Readonly<Record<string, unknown>>;
/** The fields of a message by their names in JSON, in the order of their numbers. */
type Shape = readonly (readonly [name: string, field: number, write: Write])[];

const text: Write = (out, field, value) => {
  if (typeof value === 'string' && value !== '') out.string(field, value);
};
const flag: Write = (out, field, value) => {
  if (value === true) out.boolean(field, true);
};
const double: Write = (out, field, value) => {
  if ((typeof value === 'number' || typeof value === 'bigint') && Number(value) !== 0) out.double(field, Number(value));
};
const count: Write = (out, field, value) => {
  if (isWhole(value) && value !== 0) out.integer(field, value);
};
/** Any value is a text of YAML. */
const any: Write = (out, field, value) => {
  if (value !== undefined) out.message(field, (inner) => inner.string(2, yamlOf(value)));
};

const each =
  (write: Write): Write =>
  (out, field, value) => {
    for (const item of Array.isArray(value) ? value : []) write(out, field, item);
  };
/** A map, as a message of pairs. */
const named =
  (write: Write): Write =>
  (out, field, value) => {
    if (isObject(value)) out.message(field, (all) => writeNamed(all, 1, Object.entries(value), write));
  };
const message =
  (shape: () => Shape): Write =>
  (out, field, value) => {
    if (isObject(value)) out.message(field, (inner) => writeMembers(inner, shape(), value));
  };
const orReference =
  (shape: () => Shape): Write =>
  (out, field, value) => {
    if (!isObject(value)) return;
    const isReference = typeof value.$ref === 'string';
    out.message(field, (choice) => {
      const [number, fields] = isReference ? [2, REFERENCE] : [1, shape()];
      choice.message(number, (inner) => writeMembers(inner, fields, value));
    });
  };

function writeMembers(out: ProtobufWriter, shape: Shape, value: Members): void {
  for (const [name, field, write] of shape) {
    if (name === EXTENSIONS) {
      const extensions = Object.entries(value).filter(([key]) => key.startsWith('x-'));
      writeNamed(out, field, extensions, any);
    } else if (Object.hasOwn(value, name)) write(out, field, value[name]);
  }
}

function writeNamed(out: ProtobufWriter, field: number, entries: [string, unknown][], write: Write): void {
  for (const [name, value] of entries) {
    out.message(field, (pair) => {
      text(pair, 1, name);
      write(pair, 2, value);
    });
  }
}

/** Stands for all members whose name begins with `x-`. */
const EXTENSIONS = 'x-';
const extensions = (field: number): Shape[number] => [EXTENSIONS, field, any];

const REFERENCE: Shape = [
  ['$ref', 1, text],
  ['summary', 2, text],
  ['description', 3, text],
];

const schema = orReference(() => SCHEMA);
const parameter = orReference(() => PARAMETER);
const externalDocs = message(() => EXTERNAL_DOCS);

/** One of three types; an empty message for a list, an object and null. */
const preset: Write = (out, field, value) =>
  void out.message(field, (choice) => {
    if (typeof value === 'number' || typeof value === 'bigint') choice.double(1, Number(value));
    else if (typeof value === 'boolean') choice.boolean(2, value);
    else if (typeof value === 'string') choice.string(3, value);
  });

const additionalProperties: Write = (out, field, value) =>
  void out.message(field, (choice) => {
    if (typeof value === 'boolean') choice.boolean(2, value);
    else schema(choice, 1, value);
  });

const items: Write = (out, field, value) => void out.message(field, (inner) => schema(inner, 1, value));

const EXTERNAL_DOCS: Shape = [['description', 1, text], ['url', 2, text], extensions(3)];

const SCHEMA: Shape = [
  ['nullable', 1, flag],
  ['readOnly', 3, flag],
  ['writeOnly', 4, flag],
  ['externalDocs', 6, externalDocs],
  ['example', 7, any],
  ['deprecated', 8, flag],
  ['title', 9, text],
  ['multipleOf', 10, double],
  ['maximum', 11, double],
  ['exclusiveMaximum', 12, flag],
  ['minimum', 13, double],
  ['exclusiveMinimum', 14, flag],
  ['maxLength', 15, count],
  ['minLength', 16, count],
  ['pattern', 17, text],
  ['maxItems', 18, count],
  ['minItems', 19, count],
  ['uniqueItems', 20, flag],
  ['maxProperties', 21, count],
  ['minProperties', 22, count],
  ['required', 23, each(text)],
  ['enum', 24, each(any)],
  ['type', 25, text],
  ['allOf', 26, each(schema)],
  ['oneOf', 27, each(schema)],
  ['anyOf', 28, each(schema)],
  ['not', 29, message(() => SCHEMA)],
  ['items', 30, items],
  ['properties', 31, named(schema)],
  ['additionalProperties', 32, additionalProperties],
  ['default', 33, preset],
  ['description', 34, text],
  ['format', 35, text],
  extensions(36),
];

const MEDIA_TYPE: Shape = [['schema', 1, schema], ['example', 2, any], extensions(5)];
const content = named(message(() => MEDIA_TYPE));

const PARAMETER: Shape = [
  ['name', 1, text],
  ['in', 2, text],
  ['description', 3, text],
  ['required', 4, flag],
  ['deprecated', 5, flag],
  ['allowEmptyValue', 6, flag],
  ['style', 7, text],
  ['explode', 8, flag],
  ['allowReserved', 9, flag],
  ['schema', 10, schema],
  ['example', 11, any],
  ['content', 13, content],
  extensions(14),
];

const BODY: Shape = [['description', 1, text], ['content', 2, content], ['required', 3, flag], extensions(4)];
const RESPONSE: Shape = [['description', 1, text], ['content', 3, content], extensions(5)];
const requestBody = orReference(() => BODY);
const response = orReference(() => RESPONSE);

const responses: Write = (out, field, value) => {
  if (!isObject(value)) return;
  const { default: other, ...codes } = value;
  out.message(field, (inner) => {
    response(inner, 1, other);
    const isExtension = (name: string): boolean => name.startsWith('x-');
    writeNamed(
      inner,
      2,
      Object.entries(codes).filter(([code]) => !isExtension(code)),
      response,
    );
    writeNamed(
      inner,
      3,
      Object.entries(codes).filter(([code]) => isExtension(code)),
      any,
    );
  });
};

const strings: Write = (out, field, value) => void out.message(field, (list) => each(text)(list, 1, value));
const security: Write = each((out, field, value) => named(strings)(out, field, value));

const OPERATION: Shape = [
  ['tags', 1, each(text)],
  ['summary', 2, text],
  ['description', 3, text],
  ['externalDocs', 4, externalDocs],
  ['operationId', 5, text],
  ['parameters', 6, each(parameter)],
  ['requestBody', 7, requestBody],
  ['responses', 8, responses],
  ['deprecated', 10, flag],
  ['security', 11, security],
  extensions(13),
];

const operation = message(() => OPERATION);
const PATH: Shape = [
  ['$ref', 1, text],
  ['summary', 2, text],
  ['description', 3, text],
  ['get', 4, operation],
  ['put', 5, operation],
  ['post', 6, operation],
  ['delete', 7, operation],
  ['options', 8, operation],
  ['head', 9, operation],
  ['patch', 10, operation],
  ['trace', 11, operation],
  ['parameters', 13, each(parameter)],
  extensions(14),
];

const SECURITY_SCHEME: Shape = [
  ['type', 1, text],
  ['description', 2, text],
  ['name', 3, text],
  ['in', 4, text],
  ['scheme', 5, text],
  ['bearerFormat', 6, text],
  ['openIdConnectUrl', 8, text],
  extensions(9),
];

const COMPONENTS: Shape = [
  ['schemas', 1, named(schema)],
  ['responses', 2, named(response)],
  ['parameters', 3, named(parameter)],
  ['requestBodies', 5, named(requestBody)],
  ['securitySchemes', 7, named(orReference(() => SECURITY_SCHEME))],
  extensions(10),
];

const INFO: Shape = [
  ['title', 1, text],
  ['description', 2, text],
  ['termsOfService', 3, text],
  ['version', 6, text],
  extensions(7),
  ['summary', 8, text],
];

const DOCUMENT: Shape = [
  ['openapi', 1, text],
  ['info', 2, message(() => INFO)],
  ['paths', 4, named(message(() => PATH))],
  ['components', 5, message(() => COMPONENTS)],
  ['security', 6, security],
  ['externalDocs', 8, externalDocs],
  extensions(9),
];

/** `document`: as JSON has it. */
export function encodeOpenApiV3(document: object): Uint8Array {
  const out = new ProtobufWriter();
  writeMembers(out, DOCUMENT, document as Members);
  return out.finish();
}
