/**
 * Whether rules grant all that others do (component-helpers `auth/rbac/validation/policy_comparator.go`), and how those
 * that they lack are told (`pkg/registry/rbac/validation/policy_compact.go`, `pkg/apis/rbac/v1/helpers.go`).
 */
import type { PolicyRule } from '../types.ts';
import { withoutStars } from './rules.ts';

/** The pieces of `wanted`, of one verb and one resource each, that no rule of `held` covers. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const uncertain = wanted.filter((whole) => !isCovered(held, whole));
  return uncertain.flatMap(pieces).filter((piece) => !isCovered(held, piece));
}

/**
 * The same, unless that took more than so many comparisons of two rules: a rule of a few thousand verbs and resources
 * stands for millions of pieces. What a wildcard covers is never too much.
 */
export function uncoveredWithin(
  comparisons: number,
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): PolicyRule[] | 'too-many' {
  const all = held.filter(grantsAll);
  const rest = wanted.filter((whole) => !isCovered(all, whole));
  if (rest.length * held.length > comparisons) return 'too-many';
  const uncertain = rest.filter((whole) => !isCovered(held, whole));
  const count = uncertain.reduce((sum, rule) => sum + countPieces(rule), 0);
  if (count * (held.length + 1) > comparisons) return 'too-many';
  return uncovered(held, uncertain);
}

function grantsAll({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): boolean {
  if (!includes(verbs, '*')) return false;
  if (includes(nonResourceURLs, '*')) return true;
  return includes(apiGroups, '*') && includes(resources, '*') && !resourceNames?.length;
}

function isCovered(held: readonly PolicyRule[], rule: PolicyRule): boolean {
  return held.some((one) => covers(one, rule));
}

function countPieces(rule: PolicyRule): number {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  return verbs.length * (apiGroups.length * resources.length * (resourceNames.length || 1) + nonResourceURLs.length);
}

export function pieces(rule: PolicyRule): PolicyRule[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const found: PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        const piece: PolicyRule = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) found.push(piece);
        for (const name of resourceNames) found.push({ ...piece, resourceNames: [name] });
      }
    }
  }
  for (const url of nonResourceURLs) for (const verb of verbs) found.push({ nonResourceURLs: [url], verbs: [verb] });
  return found;
}

function covers(rule: PolicyRule, piece: PolicyRule): boolean {
  const names = rule.resourceNames ?? [];
  const wanted = piece.resourceNames ?? [];
  return (
    hasAll(rule.verbs, piece.verbs) &&
    hasAll(rule.apiGroups, piece.apiGroups) &&
    (piece.resources ?? []).every((resource) => coversResource(rule.resources, resource)) &&
    (names.length === 0 || (wanted.length > 0 && wanted.every((name) => includes(names, name)))) &&
    (piece.nonResourceURLs ?? []).every((path) => coversUrl(rule.nonResourceURLs, path))
  );
}

function hasAll(list: readonly string[] | undefined, wanted: readonly string[] = []): boolean {
  return includes(list, '*') || wanted.every((value) => includes(list, value));
}

function coversResource(resources: readonly string[] | undefined, resource: string): boolean {
  if (includes(resources, '*') || includes(resources, resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && includes(resources, `*${resource.slice(slash)}`);
}

function coversUrl(urls: readonly string[] | undefined, path: string): boolean {
  return includes(urls, path) || prefixesOf(urls).some((prefix) => path.startsWith(prefix));
}

/** From this length on, a list is looked up as a set. */
const LONG = 32;
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function includes(list: readonly string[] | undefined, value: string): boolean {
  if (!list) return false;
  if (list.length < LONG) return list.includes(value);
  let set = sets.get(list);
  if (!set) {
    set = new Set(list);
    sets.set(list, set);
  }
  return set.has(value);
}

/** Of a rule with more wildcards than this the first ones count: what it grants is then taken for less, not for more. */
const MAX_PREFIXES = 1000;
const NONE: readonly string[] = [];
const prefixes = new WeakMap<readonly string[], readonly string[]>();

function prefixesOf(urls: readonly string[] | undefined): readonly string[] {
  if (!urls) return NONE;
  let found = prefixes.get(urls);
  if (!found) {
    const wild = urls.filter((url) => url.endsWith('*')).slice(0, MAX_PREFIXES);
    found = wild.map(withoutStars);
    prefixes.set(urls, found);
  }
  return found;
}

/** A line for each rule, in order; rules of the same resource are one, with all their verbs. */
export function describeRules(rules: readonly PolicyRule[]): string[] {
  const simple = new Map<string, PolicyRule>();
  const compacted: PolicyRule[] = [];
  for (const rule of rules) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (apiGroups.length !== 1 || resources.length !== 1 || resourceNames.length > 1 || nonResourceURLs.length > 0) {
      compacted.push(rule);
      continue;
    }
    const key = JSON.stringify([apiGroups, resources, resourceNames]);
    const same = simple.get(key);
    if (same) same.verbs.push(...rule.verbs);
    else simple.set(key, { ...rule, verbs: [...rule.verbs] });
  }
  return [...new Set([...compacted, ...simple.values()].map(describe))].sort();
}

/** Go's `%q` of each list that is there. */
function describe({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts: [string, readonly string[] | undefined][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ];
  const given = parts.filter(([, list]) => list && list.length > 0);
  return `{${given.map(([name, list]) => `${name}:${quoteList(list)}`).join(', ')}}`;
}

export function quoteList(texts: readonly string[] = []): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}
