/**
 * The part of the old object that a part of the new one comes from, so that an invalid value that has not changed may
 * stay (apiserver `pkg/cel/common/equality.go` CorrelatedObject).
 */

import { sameJson } from '../../equality.ts';
import { isObject, type JsonObject } from '../../json-object.ts';
import { additionalSchema, propertyOf, type StructuralSchema } from '../schema.ts';

export class Correlation {
  readonly value: unknown;
  readonly old: unknown;
  readonly #schema: StructuralSchema;
  readonly #children = new Map<string | number, Correlation>();
  #equal: boolean | undefined;
  #oldItems: Map<string, unknown> | undefined;

  constructor(value: unknown, old: unknown, schema: StructuralSchema) {
    this.value = value;
    this.old = old;
    this.#schema = schema;
  }

  /** The part under a name, where it is there both before and after. */
  key(name: string): Correlation | undefined {
    const known = this.#children.get(name);
    if (known) return known;
    const { value, old } = this;
    if (!isObject(value) || !isObject(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name))
      return undefined;
    const schema = propertyOf(this.#schema, name) ?? additionalSchema(this.#schema);
    return schema && this.#child(name, new Correlation(value[name], old[name], schema));
  }

  /** The item at a position: of lists of type map alone, by its key. */
  index(at: number): Correlation | undefined {
    const known = this.#children.get(at);
    if (known) return known;
    const { value, old } = this;
    const { items } = this.#schema;
    if (!Array.isArray(value) || !Array.isArray(old) || !items) return undefined;
    if (this.#schema['x-kubernetes-list-type'] !== 'map') return undefined;
    const key = isObject(value[at]) ? this.#keyOf(value[at]) : undefined;
    const before = key === undefined ? undefined : this.#itemsOf(old).get(key);
    return before === undefined ? undefined : this.#child(at, new Correlation(value[at], before, items));
  }

  get isUnchanged(): boolean {
    this.#equal ??= this.#compare();
    return this.#equal;
  }

  #child(step: string | number, child: Correlation): Correlation {
    this.#children.set(step, child);
    return child;
  }

  #keyOf(item: JsonObject): string | undefined {
    const keys = this.#schema['x-kubernetes-list-map-keys'] ?? [];
    const values = keys.map((name) => (Object.hasOwn(item, name) ? item[name] : undefined));
    const areScalars = values.every((value) => ['string', 'number', 'boolean'].includes(typeof value));
    return areScalars ? JSON.stringify(values) : undefined;
  }

  #itemsOf(old: readonly unknown[]): Map<string, unknown> {
    if (!this.#oldItems) {
      this.#oldItems = new Map();
      for (const item of old) {
        const key = isObject(item) ? this.#keyOf(item) : undefined;
        if (key !== undefined && !this.#oldItems.has(key)) this.#oldItems.set(key, item);
      }
    }
    return this.#oldItems;
  }

  /** Items of a list of type map are equal in any order. */
  #compare(): boolean {
    const { value, old } = this;
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false;
      return this.#schema['x-kubernetes-list-type'] === 'map'
        ? value.every((_, at) => this.index(at)?.isUnchanged ?? false)
        : sameJson(value, old);
    }
    if (isObject(value) && isObject(old)) {
      const names = Object.keys(value);
      // As upstream, which correlates no field that the schema does not know: such an object has always changed.
      return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.isUnchanged ?? false);
    }
    return sameJson(value, old);
  }
}
