/** The question to authorisation, and its answer (apiserver `pkg/authorization/authorizer/interfaces.go`). */
import type { UserInfo } from '../request.ts';

export interface Attributes {
  user: UserInfo;
  verb: string;
  isResource: boolean;
  group: string;
  version: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  path: string;
  /** Requirements `field=value` of the request's field selector, where it has one. */
  fields?: Readonly<Record<string, string>>;
}

interface Decision {
  allowed: boolean;
  reason: string;
}

export type Authorizer = (attributes: Attributes) => Decision;

/** One authority of the chain; undefined: no opinion. A text is a reason for having none. */
export type Authority = (attributes: Attributes) => 'allow' | { allow: string } | { noOpinion: string } | undefined;

/** A rule of a role, as an RBAC PolicyRule. `*` stands for all. */
export interface Rule {
  verbs: readonly string[];
  groups: readonly string[];
  /** `pods`, `pods/status`. */
  resources: readonly string[];
  names?: readonly string[];
  namespaces?: readonly string[];
}

export function ruleAllows(rule: Rule, attributes: Attributes): boolean {
  const { group, resource, subresource, name, namespace, verb } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return (
    has(rule.verbs, verb) &&
    has(rule.groups, group) &&
    (has(rule.resources, full) || (subresource !== '' && rule.resources.includes(`*/${subresource}`))) &&
    (rule.names === undefined || rule.names.includes(name)) &&
    (rule.namespaces === undefined || rule.namespaces.includes(namespace))
  );
}

function has(list: readonly string[], value: string): boolean {
  return list.includes(value) || list.includes('*');
}
