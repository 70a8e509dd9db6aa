/**
 * The entry of a map that a name from outside asks for. Unlike `map[name]`, what every object has by itself
 * (`constructor`, `toString`) is no entry.
 */
export function entryOf<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Sets an entry that a name from outside names: `map[name] =` would take `__proto__` for the prototype. */
export function setOwn<T>(map: Record<string, T>, name: string, value: T): void {
  if (name !== '__proto__') map[name] = value;
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}
