/**
 * The entry of a map that a name from outside asks for. Unlike `map[name]`, what every object has by itself
 * (`constructor`, `toString`) is no entry.
 */
export function entryOf<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map && Object.hasOwn(map, name) ? map[name] : undefined;
}
