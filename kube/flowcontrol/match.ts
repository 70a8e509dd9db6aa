/** Whether a FlowSchema is that of a request (apiserver `pkg/util/flowcontrol/rule.go`). */
import type { FlowSchema } from '../types.ts';

type Spec = NonNullable<FlowSchema['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Subject = Rule['subjects'][number];
type ResourceRule = NonNullable<Rule['resourceRules']>[number];

export interface FlowUser {
  name: string;
  groups: readonly string[];
}

export interface FlowRequest {
  isResource: boolean;
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  /** '' for a cluster-scoped resource, or all namespaces. */
  namespace: string;
  path: string;
}

/** The rules whose subjects include the user. */
export function rulesForUser({ rules }: Spec, user: FlowUser): Rule[] {
  return (rules ?? []).filter(({ subjects }) => subjects.some((subject) => isSubject(subject, user)));
}

export function matchesRule({ resourceRules, nonResourceRules }: Rule, request: FlowRequest): boolean {
  if (request.isResource) return (resourceRules ?? []).some((rule) => matchesResource(rule, request));
  return (nonResourceRules ?? []).some(
    ({ verbs, nonResourceURLs }) =>
      has(verbs, request.verb) && nonResourceURLs.some((url) => isBeneath(url, request.path)),
  );
}

function isSubject({ kind, user, group, serviceAccount }: Subject, { name, groups }: FlowUser): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === name);
    case 'Group':
      return group !== undefined && (group.name === '*' || groups.includes(group.name));
    case 'ServiceAccount': {
      if (!serviceAccount) return false;
      const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
      return serviceAccount.name === '*' ? name.startsWith(prefix) : name === prefix + serviceAccount.name;
    }
    default:
      return false;
  }
}

function matchesResource(rule: ResourceRule, { verb, group, resource, subresource, namespace }: FlowRequest): boolean {
  if (!has(rule.verbs, verb) || !has(rule.apiGroups, group)) return false;
  if (!has(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`)) return false;
  return namespace === '' ? rule.clusterScope === true : has(rule.namespaces ?? [], namespace);
}

/** `*` stands for everything where it is alone, which validation sees to. */
function has(list: readonly string[], value: string): boolean {
  return (list.length === 1 && list[0] === '*') || list.includes(value);
}

function isBeneath(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  const prefix = url.endsWith('*') ? url.slice(0, -1) : url;
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
