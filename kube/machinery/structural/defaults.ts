/** Fills in what a schema says by default (apiextensions `pkg/apiserver/schema/defaulting/algorithm.go`). */

import { copyJson } from '../copy.ts';
import { setOwn } from '../entries.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { additionalSchema, defaultOf, leadsTo, propertyOf, type StructuralSchema } from './schema.ts';

/**
 * The defaults that one object may be filled with, where a value costs one: a list of thousands of `{}` whose items have
 * thousands of defaults would fill the memory, and so would defaults within defaults. Upstream has no limit.
 */
const MAX_STEPS = 200_000;
/** Characters of a default that cost as much as a value. */
const COPIED = 16;
/** Properties looked at that cost as much as a value. */
const LOOKED_AT = 8;

/** Changes `value`. Idempotent. False where the defaults are too many: then some are missing. */
export function applyDefaults(value: unknown, schema: StructuralSchema | undefined): boolean {
  if (!schema || !leadsToDefaults(schema)) return true;
  const filler = new Filler();
  filler.fill(value, schema);
  return !filler.isOver;
}

class Filler {
  #steps = 0;

  get isOver(): boolean {
    return this.#steps > MAX_STEPS;
  }

  fill(value: unknown, schema: StructuralSchema): void {
    if (Array.isArray(value)) this.items(value, schema.items);
    else if (isObject(value)) this.fields(value, schema);
  }

  private items(list: unknown[], items: StructuralSchema | undefined): void {
    if (!items || !leadsToDefaults(items)) return;
    for (let at = 0; at < list.length && !this.isOver; at++) {
      if (list[at] === null && !items.nullable) list[at] = this.copy(items) ?? null;
      this.fill(list[at], items);
    }
  }

  private fields(object: JsonObject, schema: StructuralSchema): void {
    for (const [name, property] of defaultedProperties(schema)) {
      this.#steps += 1 / LOOKED_AT;
      if (this.isOver) return;
      const isPresent = Object.hasOwn(object, name);
      if (!isPresent || (object[name] === null && !property.nullable)) {
        const preset = this.copy(property);
        if (preset !== undefined) setOwn<unknown>(object, name, preset);
      }
      if (Object.hasOwn(object, name)) this.fill(object[name], property);
    }
    const additional = additionalSchema(schema);
    if (!additional || !leadsToDefaults(additional)) return;
    for (const name in object) {
      if (this.isOver) return;
      if (propertyOf(schema, name)) continue;
      if (object[name] === null && !additional.nullable) setOwn<unknown>(object, name, this.copy(additional) ?? null);
      this.fill(object[name], additional);
    }
  }

  /** A default of its own for each place; undefined where there is none, or no room for it. */
  private copy(schema: StructuralSchema): unknown {
    const preset = defaultOf(schema);
    if (preset === undefined) return undefined;
    this.#steps += 1 + sizeOf(schema, preset) / COPIED;
    return this.isOver ? undefined : copyJson(preset);
  }
}

const sizes = new WeakMap<StructuralSchema, number>();

/** The length of a default's text. */
function sizeOf(schema: StructuralSchema, preset: unknown): number {
  if (typeof preset === 'string') return preset.length;
  if (typeof preset !== 'object') return 0;
  let size = sizes.get(schema);
  if (size === undefined) {
    size = JSON.stringify(preset).length;
    sizes.set(schema, size);
  }
  return size;
}

const defaulted = new WeakMap<StructuralSchema, readonly [string, StructuralSchema][]>();

/** The properties that have a default, or lead to one. */
function defaultedProperties(schema: StructuralSchema): readonly [string, StructuralSchema][] {
  let found = defaulted.get(schema);
  if (!found) {
    found = Object.entries(schema.properties ?? {}).filter(([, property]) => leadsToDefaults(property));
    defaulted.set(schema, found);
  }
  return found;
}

/** Whether the value of a schema may need one, for itself or within. */
const leadsToDefaults = leadsTo((schema) => defaultOf(schema) !== undefined);
