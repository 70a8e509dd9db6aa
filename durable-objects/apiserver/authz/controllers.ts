/**
 * Roles of the cluster's own controllers and scheduler: one each, cut to its needs. Controllers declare theirs,
 * and the cluster hands them in; the scheduler's is upstream's (`rbac/bootstrappolicy/policy.go`). RBAC objects are not
 * read yet.
 */
import type { Authority, Rule } from './attributes.ts';
import { ruleAllows } from './attributes.ts';

const READ = ['get', 'list', 'watch'];

const rule = (verbs: readonly string[], groups: readonly string[], ...resources: string[]): Rule => ({
  verbs,
  groups,
  resources,
});

const SCHEDULER: readonly Rule[] = [
  rule([...READ, 'delete'], [''], 'pods'),
  rule(['create'], [''], 'bindings', 'pods/binding'),
  rule(['update', 'patch'], [''], 'pods/status'),
  rule(READ, ['', 'apps', 'policy', 'storage.k8s.io', 'scheduling.k8s.io'], '*'),
  rule([...READ, 'create', 'update', 'patch'], ['coordination.k8s.io'], 'leases'),
  rule(['create', 'patch', 'update'], ['', 'events.k8s.io'], 'events'),
];

/** Rules by the name of the user. */
export type Roles = ReadonlyMap<string, readonly Rule[]>;

export function makeControllerAuthority(roles: Roles = new Map()): Authority {
  return (attributes) => {
    if (!attributes.isResource) return undefined;
    const { name } = attributes.user;
    const rules = name === 'system:kube-scheduler' ? SCHEDULER : roles.get(name);
    return rules?.some((one) => ruleAllows(one, attributes)) ? 'allow' : undefined;
  };
}
