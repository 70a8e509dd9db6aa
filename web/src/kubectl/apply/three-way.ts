/**
 * The patch that `kubectl apply` sends: what the manifest changes of the live object, and what the last manifest had
 * and this one has not. Lists whose items have a merge key are merged by it (strategic merge patch).
 */
import type { Schema, Schemas } from '../api/openapi.ts';

export type Json = Record<string, unknown>;

interface ListRule {
  mergeKey?: string;
  merges: boolean;
  /** Keys that the patch does not name are removed. */
  retains: boolean;
}

/** Undefined schemas: a merge patch, as for custom kinds. */
export function threeWayPatch(original: Json, modified: Json, current: Json, schemas?: Schemas, schema?: Schema): Json {
  const differ = new Differ(schemas);
  const delta = differ.changes(current, modified, schema);
  const deletions = differ.deletions(original, modified, schema);
  return merged(deletions, delta);
}

class Differ {
  readonly #schemas: Schemas | undefined;

  constructor(schemas: Schemas | undefined) {
    this.#schemas = schemas;
  }

  /** The fields of `to` that differ in `from`. Fields that only `from` has stay. */
  changes(from: Json, to: Json, schema: Schema | undefined): Json {
    const patch: Json = {};
    for (const [key, value] of Object.entries(to)) {
      const before = from[key];
      const inner = this.#field(schema, key);
      if (!Object.hasOwn(from, key) || before === null) {
        if (value !== null) patch[key] = value;
      } else if (isMap(value) && isMap(before)) {
        if (this.#strategies(inner).includes('replace')) {
          if (!same(before, value)) patch[key] = { ...value, $patch: 'replace' };
          continue;
        }
        const change = this.changes(before, value, this.#valueSchema(inner));
        if (Object.keys(change).length > 0) patch[key] = this.#retaining(change, value, inner);
      } else if (Array.isArray(value) && Array.isArray(before)) this.#listChanges(patch, key, before, value, inner);
      else if (!same(before, value)) patch[key] = value;
    }
    return patch;
  }

  #listChanges(patch: Json, key: string, before: unknown[], value: unknown[], inner: Schema | undefined): void {
    if (same(before, value)) return;
    const rule = this.#listRule(inner);
    if (!rule.merges) patch[key] = value;
    else if (rule.mergeKey === undefined) {
      const added = value.filter((each) => !before.some((other) => same(each, other)));
      if (added.length > 0) patch[key] = added;
      if (added.length > 0) patch[`$setElementOrder/${key}`] = value;
    } else {
      const { mergeKey } = rule;
      const items: Json[] = [];
      for (const item of value as Json[]) {
        const old = (before as Json[]).find((each) => same(each[mergeKey], item[mergeKey]));
        if (!old) items.push(item);
        else {
          const change = this.changes(old, item, this.#itemSchema(inner));
          if (Object.keys(change).length > 0) items.push({ ...change, [mergeKey]: item[mergeKey] });
        }
      }
      const isReordered = !inOrder(before as Json[], value as Json[], mergeKey);
      if (items.length > 0) patch[key] = items;
      if (items.length > 0 || isReordered) patch[`$setElementOrder/${key}`] = orderOf(value as Json[], mergeKey);
    }
  }

  /** The fields that `from` has and `to` has not, as nulls and `$patch: delete`. */
  deletions(from: Json, to: Json, schema: Schema | undefined): Json {
    const patch: Json = {};
    for (const [key, value] of Object.entries(from)) {
      const inner = this.#field(schema, key);
      if (!Object.hasOwn(to, key)) {
        patch[key] = null;
        continue;
      }
      const after = to[key];
      if (isMap(value) && isMap(after)) {
        const change = this.deletions(value, after, this.#valueSchema(inner));
        if (Object.keys(change).length > 0) patch[key] = change;
      } else if (Array.isArray(value) && Array.isArray(after)) this.#listDeletions(patch, key, value, after, inner);
    }
    return patch;
  }

  #listDeletions(patch: Json, key: string, value: unknown[], after: unknown[], inner: Schema | undefined): void {
    const rule = this.#listRule(inner);
    if (!rule.merges) return;
    const { mergeKey } = rule;
    if (mergeKey === undefined) {
      const gone = value.filter((each) => !after.some((other) => same(each, other)));
      if (gone.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = gone;
      return;
    }
    const items: Json[] = [];
    for (const item of value as Json[]) {
      const kept = (after as Json[]).find((each) => same(each[mergeKey], item[mergeKey]));
      if (!kept) items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] });
      else {
        const change = this.deletions(item, kept, this.#itemSchema(inner));
        if (Object.keys(change).length > 0) items.push({ ...change, [mergeKey]: item[mergeKey] });
      }
    }
    if (items.length === 0) return;
    patch[key] = items;
    patch[`$setElementOrder/${key}`] = orderOf(after as Json[], mergeKey);
  }

  #retaining(change: Json, value: Json, inner: Schema | undefined): Json {
    if (!this.#strategies(inner).includes('retainKeys')) return change;
    return { ...change, $retainKeys: Object.keys(value).sort() };
  }

  #field(schema: Schema | undefined, key: string): Schema | undefined {
    if (!schema || !this.#schemas) return undefined;
    const { properties, additionalProperties } = this.#schemas.resolve(schema);
    const found = properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    return found && this.#schemas.resolve(found);
  }

  #valueSchema(schema: Schema | undefined): Schema | undefined {
    return schema;
  }

  #itemSchema(schema: Schema | undefined): Schema | undefined {
    return schema?.items && this.#schemas?.resolve(schema.items);
  }

  #strategies(schema: Schema | undefined): string[] {
    return schema?.['x-kubernetes-patch-strategy']?.split(',') ?? [];
  }

  #listRule(schema: Schema | undefined): ListRule {
    const strategies = this.#strategies(schema);
    return {
      merges: strategies.includes('merge'),
      retains: strategies.includes('retainKeys'),
      mergeKey: schema?.['x-kubernetes-patch-merge-key'],
    };
  }
}

function orderOf(items: readonly Json[], mergeKey: string): Json[] {
  return items.map((item) => ({ [mergeKey]: item[mergeKey] }));
}

/** Items that both have stand in the same order. */
function inOrder(before: readonly Json[], after: readonly Json[], mergeKey: string): boolean {
  const keys = (items: readonly Json[], others: readonly Json[]): unknown[] =>
    items.map((item) => item[mergeKey]).filter((key) => others.some((other) => same(other[mergeKey], key)));
  return same(keys(before, after), keys(after, before));
}

/** Both patches in one: lists of items with a merge key hold the items of both. */
function merged(deletions: Json, delta: Json): Json {
  const patch: Json = { ...deletions };
  for (const [key, value] of Object.entries(delta)) {
    const deletion = patch[key];
    if (isMap(deletion) && isMap(value)) patch[key] = merged(deletion, value);
    else if (Array.isArray(deletion) && Array.isArray(value) && !key.startsWith('$')) {
      patch[key] = mergedItems(deletion as Json[], value as Json[], keyOfItems(deletion as Json[]));
    } else patch[key] = value;
  }
  return patch;
}

/** The field that names the items that are deleted, which each item of the patch has. */
function keyOfItems(items: readonly Json[]): string | undefined {
  const deleted = items.find((item) => item.$patch === 'delete');
  return Object.keys(deleted ?? {}).find((key) => key !== '$patch');
}

function mergedItems(deletions: readonly Json[], items: readonly Json[], mergeKey: string | undefined): Json[] {
  const rest = [...deletions];
  const both = items.map((item) => {
    const key = mergeKey ?? Object.keys(item).find((each) => deletions.some((other) => other[each] === item[each]));
    const at =
      key === undefined ? -1 : rest.findIndex((each) => each.$patch !== 'delete' && same(each[key], item[key]));
    return at < 0 ? item : merged(rest.splice(at, 1)[0] as Json, item);
  });
  return [...both, ...rest];
}

export function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
