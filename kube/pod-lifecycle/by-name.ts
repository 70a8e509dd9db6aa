/** Things of a pod by their name: a pod may have thousands of containers, and each is looked up many times a decision. */

interface Named {
  name: string;
}

/** So many are as fast to go through. */
const FEW = 16;

const known = new WeakMap<object, { length: number; byName: ReadonlyMap<string, readonly Named[]> }>();

/** Those of a list that may have the name, in their order: of a short list, all. Lists only grow. */
export function maybeNamed<T extends Named>(list: readonly T[], name: string): readonly T[] {
  if (list.length <= FEW) return list;
  let found = known.get(list);
  if (found?.length !== list.length) {
    const byName = new Map<string, T[]>();
    for (const item of list) {
      const same = byName.get(item.name);
      if (same) same.push(item);
      else byName.set(item.name, [item]);
    }
    found = { length: list.length, byName };
    known.set(list, found);
  }
  return (found.byName.get(name) ?? []) as readonly T[];
}

export function named<T extends Named>(list: readonly T[] | undefined, name: string): T | undefined {
  return list && maybeNamed(list, name).find((item) => item.name === name);
}
