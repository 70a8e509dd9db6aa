/**
 * Whether rules grant all that others do (component-helpers `auth/rbac/validation/policy_comparator.go`), and how those
 * that they lack are told (`pkg/registry/rbac/validation/policy_compact.go`, `pkg/apis/rbac/v1/helpers.go`).
 */
import type { PolicyRule } from '../types.ts';

/** The pieces of `wanted`, of one verb and one resource each, that no rule of `held` covers. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(pieces).filter((piece) => !held.some((rule) => covers(rule, piece)));
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
    (piece.resources ?? []).every((resource) => coversResource(rule.resources ?? [], resource)) &&
    (names.length === 0 || (wanted.length > 0 && wanted.every((name) => names.includes(name)))) &&
    (piece.nonResourceURLs ?? []).every((path) => rule.nonResourceURLs?.some((url) => coversUrl(url, path)) ?? false)
  );
}

function hasAll(list: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return list.includes('*') || wanted.every((value) => list.includes(value));
}

function coversResource(resources: readonly string[], resource: string): boolean {
  if (resources.includes('*') || resources.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && resources.includes(`*${resource.slice(slash)}`);
}

function coversUrl(url: string, path: string): boolean {
  return url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

/** One line a rule, in order, those of one resource with all their verbs. */
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
