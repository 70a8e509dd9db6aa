/**
 * Lists and maps that a client gave empty, in fields that are then not printed. Go tells them from those that were not
 * given, and some of upstream's rules do. Known of an object as long as it is the one that was decoded.
 */

const fieldsOf = new WeakMap<object, readonly string[]>();
/** By object, its structs that have such fields. */
const within = new WeakMap<object, readonly object[]>();

/** `struct` is one that was decoded, anywhere in an object. */
export function rememberEmpties(struct: object, fields: readonly string[]): void {
  fieldsOf.set(struct, fields);
}

/** `structs` are those beneath something else than the metadata and the status of `object`. */
export function rememberContentEmpties(object: object, structs: readonly object[]): void {
  within.set(object, structs);
}

/** Whether the field of a struct was given, and empty. */
export function gaveEmpty(struct: object | undefined, field: string): boolean {
  return struct !== undefined && fieldsOf.get(struct)?.includes(field) === true;
}

/** Whether anything in an object's content was given empty, and has not been filled in by a default since. */
export function hasEmpties(object: object): boolean {
  return (within.get(object) ?? []).some((struct) =>
    fieldsOf.get(struct)?.some((field) => (struct as Record<string, unknown>)[field] === undefined),
  );
}
