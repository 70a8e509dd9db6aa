/**
 * Lists and maps that a client gave empty, in fields that are then not printed. Go tells them from those that were not
 * given, and some of upstream's rules do. The memory goes with the decoded object; a copy of it has none.
 */

const fieldsOf = new WeakMap<object, readonly string[]>();
/** By object, its structs with empty lists or maps. */
const within = new WeakMap<object, readonly object[]>();

/** Notes the fields of a decoded struct, anywhere in an object, that were given empty. */
export function rememberEmpties(struct: object, fields: readonly string[]): void {
  fieldsOf.set(struct, fields);
}

/** Notes the structs of `object`, outside of its metadata and status, that have empty lists or maps. */
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
