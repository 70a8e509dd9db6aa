/**
 * Sets of field paths in their FieldsV1 form (structured-merge-diff `fieldpath/set.go`): a trie in which a node without
 * children is a member, and a node with children is one when it has the child `.`. Sets are never changed in place, and
 * share what they can.
 */
import type { FieldsV1 } from '../../object.ts';

export const MEMBER = '.';

export function isMember(node: FieldsV1): boolean {
  return MEMBER in node || isEmpty(node);
}

export function isEmpty(node: FieldsV1): boolean {
  for (const _ in node) return false;
  return true;
}

/** A node from its children and whether it is a member itself; undefined when it would hold nothing. */
export function makeNode(children: FieldsV1, member: boolean): FieldsV1 | undefined {
  if (isEmpty(children)) return member ? {} : undefined;
  return member ? { [MEMBER]: {}, ...children } : children;
}

/** New nodes where the two differ; `a` itself where it holds all of `b`. Takes as long as `b` is large. */
export function union(a: FieldsV1 | undefined, b: FieldsV1 | undefined): FieldsV1 | undefined {
  if (!a || !b || a === b) return a ?? b;
  let children: FieldsV1 | undefined;
  for (const step in b) {
    if (step === MEMBER) continue;
    const before = child(a, step);
    const both = union(before, b[step]) as FieldsV1;
    if (both === before) continue;
    children ??= childrenOf(a);
    children[step] = both;
  }
  const isMemberOfA = isMember(a);
  if (!children && (isMemberOfA || !isMember(b))) return a;
  return makeNode(children ?? childrenOf(a), isMemberOfA || isMember(b));
}

function childrenOf(node: FieldsV1): FieldsV1 {
  const children: FieldsV1 = {};
  for (const step in node) if (step !== MEMBER) children[step] = node[step] as FieldsV1;
  return children;
}

/** Unites many sets in one go: one after another, each would be copied into the next. */
export function unionAll(sets: readonly FieldsV1[]): FieldsV1 | undefined {
  if (sets.length <= 1) return sets[0];
  const byStep = new Map<string, FieldsV1[]>();
  for (const set of sets) {
    for (const step in set) {
      if (step === MEMBER) continue;
      const beside = byStep.get(step);
      if (beside) beside.push(set[step] as FieldsV1);
      else byStep.set(step, [set[step] as FieldsV1]);
    }
  }
  const children: FieldsV1 = {};
  for (const [step, nodes] of byStep) children[step] = unionAll(nodes) as FieldsV1;
  return makeNode(children, sets.some(isMember));
}

/** Members of both. */
export function intersection(a: FieldsV1 | undefined, b: FieldsV1 | undefined): FieldsV1 | undefined {
  if (!a || !b || a === b) return a && b;
  const children: FieldsV1 = {};
  for (const step in a) {
    if (step === MEMBER) continue;
    const both = intersection(a[step], child(b, step));
    if (both) children[step] = both;
  }
  return makeNode(children, isMember(a) && isMember(b));
}

/** Members of `a` that are not members of `b`; `a` itself where they share none. Takes as long as `b` is large. */
export function difference(a: FieldsV1 | undefined, b: FieldsV1 | undefined): FieldsV1 | undefined {
  if (!a || !b) return a;
  if (a === b) return undefined;
  let taken: Map<string, FieldsV1 | undefined> | undefined;
  for (const step in b) {
    if (step === MEMBER) continue;
    const before = child(a, step);
    const rest = difference(before, b[step]);
    if (rest === before) continue;
    taken ??= new Map();
    taken.set(step, rest);
  }
  const loses = isMember(a) && isMember(b);
  if (!taken && !loses) return a;
  const children: FieldsV1 = {};
  for (const step in a) {
    if (step === MEMBER) continue;
    const rest = taken?.has(step) ? taken.get(step) : a[step];
    if (rest) children[step] = rest;
  }
  return makeNode(children, !loses && isMember(a));
}

/** Members of `a` that neither are members of `b` nor stand beneath one. */
export function differenceBelow(a: FieldsV1 | undefined, b: FieldsV1 | undefined): FieldsV1 | undefined {
  if (!a || !b) return a;
  const children: FieldsV1 = {};
  for (const step in a) {
    if (step === MEMBER) continue;
    const other = child(b, step);
    if (other && isMember(other)) continue;
    const rest = differenceBelow(a[step], other);
    if (rest) children[step] = rest;
  }
  return makeNode(children, isMember(a));
}

export function sameSet(a: FieldsV1 | undefined, b: FieldsV1 | undefined): boolean {
  return a === b || (difference(a, b) === undefined && difference(b, a) === undefined);
}

/** The node beneath: labels of clients may be called as what every object has. */
export function child(node: FieldsV1, step: string): FieldsV1 | undefined {
  return Object.hasOwn(node, step) ? node[step] : undefined;
}

/** The set of some fields, by their dotted paths. */
export function setOfPaths(paths: readonly string[]): FieldsV1 | undefined {
  return unionAll(
    paths.map((path) => path.split('.').reduceRight<FieldsV1>((beneath, name) => ({ [`f:${name}`]: beneath }), {})),
  );
}
