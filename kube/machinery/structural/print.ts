/** Paths and values in field errors, as upstream prints them. */
import { isObject } from '../json-object.ts';

/** `field.Path.Child` */
export function childField(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** A value as Go prints one made of maps: by their keys. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sortKeys(value[name])]),
  );
}
