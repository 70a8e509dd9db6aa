/** A strategic merge patch of one condition, as Go's clients make it. */
interface Typed {
  type: string;
}

/** The part of a status: the conditions that are there keep their order, and a new one comes last. */
export function conditionPatch(present: readonly Typed[] | undefined, condition: Typed): object {
  const types = new Set([...(present ?? []).map(({ type }) => type), condition.type]);
  return { conditions: [condition], '$setElementOrder/conditions': [...types].map((type) => ({ type })) };
}
