/**
 * Drops the fields that a schema does not name (apiextensions `pkg/apiserver/schema/pruning`), and nulls where none may
 * be (`schema/defaulting/prunenulls.go`).
 */
import { isObject, type JsonObject } from '../json-object.ts';
import { additionalSchema, defaultOf, propertyOf, type StructuralSchema } from './schema.ts';

const META: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Changes `value`. `isRoot`: it is a whole resource, so `apiVersion`, `kind` and `metadata` stay. `dropped` hears the
 * paths of what goes.
 */
export function prune(
  value: unknown,
  schema: StructuralSchema | undefined,
  isRoot = false,
  dropped?: (path: string) => void,
): void {
  new Pruner(dropped).prune(value, isRoot ? (schema ?? {}) : schema, '', isRoot);
}

class Pruner {
  private readonly dropped: ((path: string) => void) | undefined;

  constructor(dropped: ((path: string) => void) | undefined) {
    this.dropped = dropped;
  }

  prune(value: unknown, schema: StructuralSchema | undefined, path: string, isRoot = false): void {
    if (schema?.['x-kubernetes-preserve-unknown-fields']) {
      this.keep(value, schema, path, isRoot);
      return;
    }
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) this.prune(value[at], schema?.items, this.index(path, at));
    } else if (isObject(value)) this.fields(value, schema, path, isRoot);
  }

  private fields(value: JsonObject, schema: StructuralSchema | undefined, path: string, isRoot: boolean): void {
    const isResource = isRoot || schema?.['x-kubernetes-embedded-resource'] === true;
    for (const name in value) {
      if (isResource && META.has(name)) continue;
      const property = propertyOf(schema, name);
      if (property) this.prune(value[name], property, this.key(path, name));
      else if (schema?.additionalProperties !== undefined) {
        this.prune(value[name], additionalSchema(schema), this.key(path, name));
      } else {
        if (this.dropped && (path !== '' || !META.has(name))) this.dropped(this.key(path, name));
        delete value[name];
      }
    }
  }

  /** Fields without a schema stay; those with one are pruned by it. */
  private keep(value: unknown, schema: StructuralSchema | undefined, path: string, isRoot = false): void {
    if (!schema) return;
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) this.keep(value[at], schema.items, this.index(path, at));
      return;
    }
    if (!isObject(value)) return;
    const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
    for (const name in value) {
      if (isResource && META.has(name)) continue;
      const property = propertyOf(schema, name);
      if (property) this.prune(value[name], property, this.key(path, name));
      else if (schema.additionalProperties !== undefined) {
        this.prune(value[name], additionalSchema(schema), this.key(path, name));
      }
    }
  }

  private key(path: string, name: string): string {
    if (!this.dropped) return path;
    return path === '' ? name : `${path}.${name}`;
  }

  private index(path: string, at: number): string {
    return this.dropped ? `${path}[${at}]` : path;
  }
}

/** Drops nulls of fields that are not nullable and have no default; those with one are defaulted later. */
export function pruneNulls(value: unknown, schema: StructuralSchema | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) pruneNulls(item, schema?.items);
    return;
  }
  if (!isObject(value)) return;
  for (const name in value) {
    const inner = propertyOf(schema, name) ?? additionalSchema(schema);
    const item = value[name];
    if (item === null && inner && !inner.nullable && defaultOf(inner) === undefined) delete value[name];
    else if (typeof item === 'object' && item !== null) pruneNulls(item, inner);
  }
}
