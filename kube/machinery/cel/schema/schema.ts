/**
 * A structural schema as CEL reads it, and what it declares (apiserver `pkg/cel/common/schemas.go`,
 * `pkg/cel/types.go`).
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
} from '../check/type.ts';
import { escapeName } from './escaping.ts';

/** The keywords of `openAPIV3Schema` that are read here. */
export interface SchemaProps {
  type?: string | undefined;
  format?: string | undefined;
  nullable?: boolean | undefined;
  properties?: Readonly<Record<string, SchemaProps>> | undefined;
  additionalProperties?: boolean | SchemaProps | undefined;
  items?: SchemaProps | undefined;
  required?: readonly string[] | undefined;
  default?: unknown;
  enum?: readonly unknown[] | undefined;
  maxItems?: number | undefined;
  maxLength?: number | undefined;
  maxProperties?: number | undefined;
  allOf?: readonly SchemaProps[] | undefined;
  anyOf?: readonly SchemaProps[] | undefined;
  oneOf?: readonly SchemaProps[] | undefined;
  not?: SchemaProps | undefined;
  'x-kubernetes-validations'?: readonly Rule[] | undefined;
  'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  'x-kubernetes-int-or-string'?: boolean | undefined;
  'x-kubernetes-embedded-resource'?: boolean | undefined;
  'x-kubernetes-list-type'?: string | undefined;
  'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  'x-kubernetes-map-type'?: string | undefined;
}

/** `ValidationRule` */
export interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** How data is read. */
export interface CelSchema {
  type: string | undefined;
  format: string | undefined;
  nullable: boolean;
  intOrString: boolean;
  preserveUnknown: boolean;
  properties: ReadonlyMap<string, CelSchema> | undefined;
  additional: CelSchema | undefined;
  items: CelSchema | undefined;
  listType: string | undefined;
  mapKeys: readonly string[] | undefined;
}

/** `DeclType`: the type of data, and how large it may be. */
export interface DeclType {
  type: Type;
  /** By escaped name; only objects have them. */
  fields?: ReadonlyMap<string, DeclType>;
  key?: DeclType;
  element?: DeclType;
  /** The most items, entries or bytes. */
  maxElements: number;
  /** The fewest bytes in JSON. */
  minSize: number;
}

const MAX_REQUEST = 3 * 1024 * 1024;
const STRING_PROPS: SchemaProps = { type: 'string' };
const META_PROPS: SchemaProps = { type: 'object', properties: { name: STRING_PROPS, generateName: STRING_PROPS } };

/** `WithTypeAndObjectMeta`: of a resource, kind, apiVersion and the names in its metadata are always declared. */
export function withTypeAndMeta(schema: SchemaProps): SchemaProps {
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const named = metadata?.properties?.name?.type === 'string' && metadata.properties.generateName?.type === 'string';
  if (kind?.type === 'string' && apiVersion?.type === 'string' && metadata?.type === 'object' && named) return schema;
  const properties = { ...schema.properties, kind: STRING_PROPS, apiVersion: STRING_PROPS, metadata: META_PROPS };
  return { ...schema, properties };
}

export function celSchema(props: SchemaProps, root = false): CelSchema {
  const resource = root || props['x-kubernetes-embedded-resource'] === true;
  const source = resource ? withTypeAndMeta(props) : props;
  const { properties, additionalProperties, items } = source;
  return {
    type: source.type,
    format: source.format,
    nullable: source.nullable === true,
    intOrString: source['x-kubernetes-int-or-string'] === true,
    preserveUnknown: source['x-kubernetes-preserve-unknown-fields'] === true,
    properties: properties && new Map(Object.entries(properties).map(([name, inner]) => [name, celSchema(inner)])),
    additional: typeof additionalProperties === 'object' ? celSchema(additionalProperties) : undefined,
    items: items && celSchema(items),
    listType: source['x-kubernetes-list-type'],
    mapKeys: source['x-kubernetes-list-map-keys'],
  };
}

const scalar = (type: Type, minSize: number, maxElements = 0): DeclType => ({ type, minSize, maxElements });
/** A count of more than 53 bits is a BigInt. */
const atLeastZero = (value: number) => Math.max(Number(value), 0);
/** A character has up to four bytes. */
const bytesOf = (characters: number) => atLeastZero(characters) * 4;
const KEY = scalar(STRING, 2);

/** `SchemaDeclType`; undefined for what expressions do not see. `name` is that of the type of an object. */
export function declType(props: SchemaProps, name: string, root = false): DeclType | undefined {
  const { maxLength } = props;
  if (props['x-kubernetes-int-or-string']) {
    return scalar(DYN, 1, maxLength === undefined ? MAX_REQUEST - 2 : bytesOf(maxLength));
  }
  const source = root ? withTypeAndMeta(props) : props;
  switch (source.type) {
    case 'array': {
      const element = source.items && inner(source.items, `${name}.@idx`);
      if (!element) return undefined;
      const most = source.maxItems ?? Math.floor((MAX_REQUEST - 2) / (element.minSize + 1));
      return { type: listOf(element.type), element, maxElements: atLeastZero(most), minSize: 2 };
    }
    case 'object':
      return objectType(source, name);
    case 'string':
      return stringType(source);
    case 'boolean':
      return scalar(BOOL, 4);
    case 'number':
      return scalar(DOUBLE, 1);
    case 'integer':
      return scalar(INT, 1);
    default:
      return undefined;
  }
}

function inner(props: SchemaProps, name: string): DeclType | undefined {
  return declType(props, name, props['x-kubernetes-embedded-resource'] === true);
}

function objectType(source: SchemaProps, name: string): DeclType | undefined {
  const { additionalProperties, properties = {}, required = [], maxProperties } = source;
  if (typeof additionalProperties === 'object') {
    const element = inner(additionalProperties, `${name}.@elem`);
    if (!element) return undefined;
    const most = maxProperties ?? Math.floor((MAX_REQUEST - 2) / (element.minSize + 6));
    return { type: mapOf(STRING, element.type), key: KEY, element, maxElements: atLeastZero(most), minSize: 2 };
  }
  const fields = new Map<string, DeclType>();
  let minSize = 2;
  for (const [property, value] of Object.entries(properties)) {
    const escaped = escapeName(property);
    const field = inner(value, `${name}.${escaped ?? property}`);
    if (!field) continue;
    if (escaped !== undefined) fields.set(escaped, field);
    if (required.includes(property) && value.default === undefined) {
      minSize += new TextEncoder().encode(property).length + field.minSize + 4;
    }
  }
  return { type: structType(name), fields, maxElements: 0, minSize };
}

function stringType({ format, maxLength, enum: values }: SchemaProps): DeclType {
  switch (format) {
    case 'byte':
      return scalar(BYTES, 2, maxLength === undefined ? MAX_REQUEST - 2 : atLeastZero(maxLength));
    case 'duration':
      return scalar(DURATION, 3, 32);
    case 'date':
      return scalar(TIMESTAMP, 12, 12);
    case 'date-time':
      return scalar(TIMESTAMP, 21, 32);
  }
  if (maxLength !== undefined) return scalar(STRING, 2, bytesOf(maxLength));
  if (!values || values.length === 0) return scalar(STRING, 2, MAX_REQUEST - 2);
  const lengths = values.map((value) => (typeof value === 'string' ? new TextEncoder().encode(value).length : 0));
  return scalar(
    STRING,
    2,
    lengths.reduce((most, length) => Math.max(most, length), 0),
  );
}

/** How often a rule may be evaluated in one request, on data of at least this size. */
export function maxCardinality(minSize: number): number {
  return Math.floor(MAX_REQUEST / (minSize + 1));
}
