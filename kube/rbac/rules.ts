/** The rule of a role, and whether it allows a request (upstream `pkg/apis/rbac/v1/evaluation_helpers.go`). */
import type { PolicyRule } from '../types.ts';

export const RBAC = 'rbac.authorization.k8s.io';

/** The part of a request that rules look at. */
export interface Asked {
  verb: string;
  isResource: boolean;
  group: string;
  resource: string;
  subresource: string;
  name: string;
  /** Of a request for no resource. */
  path: string;
}

export function ruleAllows(rule: PolicyRule, asked: Asked): boolean {
  if (!hasOrAll(rule.verbs, asked.verb)) return false;
  if (!asked.isResource) return rule.nonResourceURLs?.some((url) => urlCovers(url, asked.path)) ?? false;
  const { resourceNames: names } = rule;
  return (
    hasOrAll(rule.apiGroups, asked.group) &&
    resourceAllowed(rule.resources, asked) &&
    (!names || names.length === 0 || names.includes(asked.name))
  );
}

/** `*`, the path itself, or a beginning of it that ends in `*`. */
export function urlCovers(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  return url.endsWith('*') && path.startsWith(withoutStars(url));
}

/** Without the asterisks at its end. */
export function withoutStars(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '*') end--;
  return url.slice(0, end);
}

function resourceAllowed(resources: readonly string[] | undefined, { resource, subresource }: Asked): boolean {
  if (!resources) return false;
  if (resources.includes('*')) return true;
  if (subresource === '') return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function hasOrAll(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes('*'));
}
