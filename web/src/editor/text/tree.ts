/** A document's syntax tree, and where in the text a field of it stands. */
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseDocument,
  type Range,
  stringify,
  type Tags,
} from 'yaml';
import type { Step } from '../schema/schema.ts';

export type { ParsedNode } from 'yaml';

export interface Problem {
  from: number;
  to: number;
  message: string;
}

export interface Tree {
  root: ParsedNode | null;
  problems: Problem[];
  /** The document as an object. Undefined when it can't be read. */
  value(): unknown;
}

/** Aliases in a document may stand for more than a page holds; upstream reads as many. */
const MOST_ALIASES = 100;

/** kubectl reads YAML 1.1, where `yes` is true, but without its dates, binaries, sets, and numbers to the base of 60. */
const LEFT_OUT = /:(timestamp|binary|set|omap|pairs)$/;
const DIALECT = {
  version: '1.1',
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || !(LEFT_OUT.test(tag.tag) || ('format' in tag && tag.format === 'TIME')),
    ),
} as const;

/** An object as kubectl writes it. */
export function toYaml(value: unknown): string {
  return stringify(value, { ...DIALECT, lineWidth: 0, aliasDuplicateObjects: false, indentSeq: false });
}

export function parseTree(text: string): Tree {
  const document = parseDocument(text, { ...DIALECT, merge: true, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map(({ pos: [from, to], message }) => ({
    from: Math.min(from, text.length),
    to: Math.min(Math.max(to, from), text.length),
    message,
  }));
  const value = () => (problems.length > 0 ? undefined : (document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown));
  return { root: document.contents as ParsedNode | null, problems, value };
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** The pair or item at the end of the way, or of the longest part of it that is there. */
export function rangeAt(root: ParsedNode | null, path: readonly Step[]): { from: number; to: number } {
  let node: unknown = root;
  let found: Range | undefined;
  for (const step of path) {
    const next = stepInto(node, step);
    if (!next) break;
    found = next.range;
    node = next.node;
  }
  if (!found) return firstOf(root);
  return { from: found[0], to: found[1] };
}

/** Of a document as a whole its first key is marked. */
function firstOf(root: ParsedNode | null): { from: number; to: number } {
  const first = isMap(root) ? (root.items[0] as Pair | undefined) : undefined;
  const range = (first?.key as ParsedNode | undefined)?.range ?? root?.range;
  return range ? { from: range[0], to: range[1] } : { from: 0, to: 0 };
}

function stepInto(node: unknown, step: Step): { node: unknown; range: Range } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => keyOf(item) === String(step));
    const range = (pair?.key as ParsedNode | undefined)?.range;
    return pair && range ? { node: pair.value, range } : undefined;
  }
  if (!isSeq(node)) return undefined;
  const items = node.items as (ParsedNode | null)[];
  // `containers[name=web]` and `ports[key="…"]` name an item by what it says.
  const item = typeof step === 'number' ? items[step] : items.find((each) => isNamed(each, step));
  return item?.range ? { node: item, range: item.range } : undefined;
}

function isNamed(item: unknown, name: string): boolean {
  return isMap(item) && item.items.some((pair) => isScalar(pair.value) && String(pair.value.value) === name);
}

/** The way to the key that is at a place of the text; undefined when it is no key's. */
export function keyAt(root: ParsedNode | null, offset: number): { path: Step[]; range: Range } | undefined {
  const look = (node: unknown, path: Step[]): { path: Step[]; range: Range } | undefined => {
    if (isMap(node)) {
      for (const pair of node.items) {
        const range = (pair.key as ParsedNode | null)?.range;
        const own = [...path, keyOf(pair)];
        if (range && range[0] <= offset && offset <= range[1]) return { path: own, range };
        const deeper = look(pair.value, own);
        if (deeper) return deeper;
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        const deeper = isPair(item) ? undefined : look(item, [...path, index]);
        if (deeper) return deeper;
      }
    }
    return undefined;
  };
  return look(root, []);
}
