/** Adds items at the end. Users send lists of more items than arguments fit on the stack, as `push(...more)` needs. */
export function addAll<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}
