/**
 * OpenAPI documents of version 2 of aggregated APIs, as parts of the cluster's own (kube-openapi `pkg/aggregator`,
 * FilterSpecByPaths and MergeSpecsIgnorePathConflictRenamingDefinitionsAndParameters). Any JSON may come from outside.
 */
import { setOwn } from '../entries.ts';
import { sameJson } from '../equality.ts';
import { type OpenApiSchema, REF_PREFIX } from './definitions.ts';
import type { Swagger, SwaggerOperation, SwaggerParameter } from './v2.ts';

/** The paths and definitions that are added to a document. */
export type AggregatedPart = Pick<Swagger, 'paths' | 'definitions'>;

type Json = Record<string, unknown>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const PLACES: ReadonlySet<unknown> = new Set(['query', 'path', 'body']);
/** Levels of objects and lists; no schema of a Go type has nearly as many. */
const MAX_DEPTH = 100;
/** Characters of shared parameters that are copied into operations: a short document may refer to a long one often. */
const MAX_COPIED = 4 * 1024 * 1024;
const GVK = 'x-kubernetes-group-version-kind';
const PARAMETER_PREFIX = '#/parameters/';

/** The paths beneath `prefix` (`/apis/group/version/`), with the definitions that they need. */
export function aggregatedPart(document: unknown, prefix: string): AggregatedPart {
  const swagger = asObject(document);
  if (isTooDeep(swagger)) return { paths: {}, definitions: {} };
  const shared = new SharedParameters(asObject(swagger.parameters));
  const paths: Swagger['paths'] = {};
  for (const [path, item] of Object.entries(asObject(swagger.paths))) {
    if (path.startsWith(prefix)) setOwn(paths, path, operationsOf(asObject(item), shared));
    if (shared.isUsedUp) return { paths: {}, definitions: {} };
  }
  return { paths, definitions: reachable(paths, asObject(swagger.definitions)) };
}

/**
 * The paths and definitions that several parts add to a document. A definition whose name has another meaning there is
 * renamed, as upstream does: `name_v2`. Of several items for a path the first counts.
 */
export function mergeAggregated(parts: readonly AggregatedPart[], existing: AggregatedPart): AggregatedPart {
  const merged: AggregatedPart = { paths: {}, definitions: {} };
  const known = (name: string): OpenApiSchema | undefined =>
    own(merged.definitions, name) ?? own(existing.definitions, name);
  for (const part of parts) {
    const renames = new Map<string, string>();
    for (const [name, schema] of Object.entries(part.definitions)) {
      let given = name;
      for (let at = 2; ; at++) {
        const other = known(given);
        if (!other || isSame(other, schema)) break;
        do given = `${name}_v${at}`;
        while (own(part.definitions, given) && at++);
      }
      if (given !== name) renames.set(REF_PREFIX.v2 + name, REF_PREFIX.v2 + given);
    }
    const renamed = renames.size === 0 ? part : (withRefs(part, renames) as AggregatedPart);
    for (const [name, schema] of Object.entries(renamed.definitions)) {
      const given = renames.get(REF_PREFIX.v2 + name)?.slice(REF_PREFIX.v2.length) ?? name;
      if (!known(given)) setOwn(merged.definitions, given, schema);
    }
    for (const [path, item] of Object.entries(renamed.paths)) {
      if (!own(merged.paths, path) && !own(existing.paths, path)) setOwn(merged.paths, path, item);
    }
  }
  return merged;
}

function isSame(a: OpenApiSchema, b: OpenApiSchema): boolean {
  return sameJson({ ...a, [GVK]: 0 }, { ...b, [GVK]: 0 });
}

function operationsOf(item: Json, shared: SharedParameters): Record<string, SwaggerOperation> {
  const found: Record<string, SwaggerOperation> = {};
  for (const method of METHODS) {
    const { ...operation } = asObject(own(item, method));
    if (Object.keys(operation).length === 0) continue;
    const responses: SwaggerOperation['responses'] = {};
    for (const [code, response] of Object.entries(asObject(operation.responses))) {
      const { description, schema } = asObject(response);
      setOwn(responses, code, {
        description: textOf(description),
        ...(isObject(schema) && { schema: schema as OpenApiSchema }),
      });
    }
    const extensions = Object.entries(operation).filter(([name]) => name.startsWith('x-'));
    found[method] = {
      description: textOf(operation.description),
      consumes: textsOf(operation.consumes),
      produces: textsOf(operation.produces),
      schemes: textsOf(operation.schemes),
      tags: textsOf(operation.tags),
      operationId: textOf(operation.operationId),
      parameters: [...shared.of(operation.parameters), ...shared.ofItem(item.parameters)],
      responses,
      ...(Object.fromEntries(extensions) as Pick<SwaggerOperation, 'x-kubernetes-action'>),
    } as SwaggerOperation;
  }
  return found;
}

/** Parameters are copied into their operations, as in the cluster's own document. */
class SharedParameters {
  readonly #named: Json;
  readonly #sizes = new Map<object, number>();
  #left = MAX_COPIED;

  constructor(named: Json) {
    this.#named = named;
  }

  /** There are too many to copy all. */
  get isUsedUp(): boolean {
    return this.#left < 0;
  }

  /** Of an operation. */
  of(list: unknown): SwaggerParameter[] {
    return this.#copies(list, false);
  }

  /** Of all operations of a path. */
  ofItem(list: unknown): SwaggerParameter[] {
    return this.#copies(list, true);
  }

  #copies(list: unknown, isCommon: boolean): SwaggerParameter[] {
    const found: SwaggerParameter[] = [];
    for (const one of Array.isArray(list) ? (list as unknown[]) : []) {
      const { $ref } = asObject(one);
      const isRef = typeof $ref === 'string' && $ref.startsWith(PARAMETER_PREFIX);
      const parameter = asObject(isRef ? own(this.#named, $ref.slice(PARAMETER_PREFIX.length)) : one);
      if (typeof parameter.name !== 'string' || !PLACES.has(parameter.in)) continue;
      if (isRef || isCommon) this.#left -= this.#sizeOf(parameter);
      if (this.isUsedUp) break;
      found.push({ ...parameter } as unknown as SwaggerParameter);
    }
    return found;
  }

  #sizeOf(parameter: object): number {
    const size = this.#sizes.get(parameter) ?? JSON.stringify(parameter).length;
    this.#sizes.set(parameter, size);
    return size;
  }
}

/** The definitions that `from` refers to, and those that these refer to. */
function reachable(from: unknown, all: Json): Record<string, OpenApiSchema> {
  const found: Record<string, OpenApiSchema> = {};
  const waiting: unknown[] = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isObject(next)) continue;
    const { $ref } = next as Json;
    const name = typeof $ref === 'string' && $ref.startsWith(REF_PREFIX.v2) ? $ref.slice(REF_PREFIX.v2.length) : '';
    const schema = own(all, name);
    if (isObject(schema) && !own(found, name)) {
      setOwn(found, name, schema as OpenApiSchema);
      waiting.push(schema);
    }
    for (const value of Object.values(next)) if (isObject(value)) waiting.push(value);
  }
  return found;
}

function withRefs(value: unknown, renames: ReadonlyMap<string, string>): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map((one) => withRefs(one, renames));
  const copy: Json = {};
  for (const [name, inner] of Object.entries(value)) {
    const ref = name === '$ref' && typeof inner === 'string' ? renames.get(inner) : undefined;
    setOwn(copy, name, ref ?? withRefs(inner, renames));
  }
  return copy;
}

function isTooDeep(value: unknown): boolean {
  const waiting: [unknown, number][] = [[value, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [one, depth] = next;
    if (depth > MAX_DEPTH) return true;
    if (isObject(one)) for (const inner of Object.values(one)) waiting.push([inner, depth + 1]);
  }
  return false;
}

function own<T>(fields: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const asObject = (value: unknown): Json => (isObject(value) && !Array.isArray(value) ? (value as Json) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
