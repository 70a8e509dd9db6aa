/** Parts of an object, at any depth. */
export type Partially<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [P in keyof T]?: Partially<T[P]> }
    : T;

/** Lays parts over an object: objects are merged, lists and values replaced, `undefined` removes. Nothing is shared. */
export function overlay<T>(base: T, parts: Partially<T> | undefined): T {
  const result = structuredClone(base);
  if (parts !== undefined) merge(result as Fields, structuredClone(parts) as Fields);
  return result;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(target: Fields, source: Fields): void {
  for (const [field, value] of Object.entries(source)) {
    const current = target[field];
    if (value === undefined) delete target[field];
    else if (isFields(current) && isFields(value)) merge(current, value);
    else target[field] = value;
  }
}
