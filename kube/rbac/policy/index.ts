/**
 * The roles and bindings of every cluster, as objects without the fields that a server gives. They are made once and
 * shared by all clusters: none may be changed.
 */
import type { KubeObject } from '../../machinery/object.ts';
import { type GroupResource, type Key, keyOf } from '../../machinery/resource.ts';
import type { ClusterRole, PolicyRule, Subject } from '../../types.ts';
import { gatherRules } from '../aggregate.ts';
import { RBAC } from '../rules.ts';
import { CLUSTER_CONTROLLERS } from './cluster-controllers.ts';
import { COMPONENTS } from './components.ts';
import { DISCOVERY } from './discovery.ts';
import { GROUP_BINDINGS, ISLET } from './islet.ts';
import { NAMESPACED } from './namespaces.ts';
import { NODES } from './nodes.ts';
import { account, group, type RoleTable } from './table.ts';
import { USERS } from './users.ts';
import { WORKLOAD_CONTROLLERS } from './workload-controllers.ts';

export interface BootstrapObject {
  key: Key;
  resource: GroupResource;
  object: KubeObject;
}

export const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';
/** The controller and field manager that fills roles which gather others' rules. */
export const AGGREGATOR = 'clusterrole-aggregation-controller';
const AGGREGATE_TO = `${RBAC}/aggregate-to-`;

let made: readonly BootstrapObject[] | undefined;
let rulesByKey: ReadonlyMap<Key, readonly PolicyRule[]> | undefined;

/** In the order in which they are made: roles first. */
export function bootstrapObjects(): readonly BootstrapObject[] {
  made ??= [...make()];
  return made;
}

/** The rules of a bootstrap role; of one that gathers others', those that it gathers in a cluster without more. */
export function bootstrapRules(key: Key): readonly PolicyRule[] | undefined {
  rulesByKey ??= collectRules();
  return rulesByKey.get(key);
}

function* make(): Generator<BootstrapObject> {
  const tables: RoleTable[] = [USERS, DISCOVERY, COMPONENTS, NODES, controllers(), ISLET];
  const all = tables.flatMap((table) => Object.entries(table));
  for (const [name, { rules, aggregates, aggregateTo }] of all) {
    yield object('clusterroles', 'ClusterRole', {
      metadata: metadata(name, aggregateTo === undefined ? {} : { [AGGREGATE_TO + aggregateTo]: 'true' }),
      rules: rules ?? null,
      ...(aggregates === undefined
        ? {}
        : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE_TO + aggregates]: 'true' } }] } }),
    });
  }
  for (const { namespace, name, rules } of NAMESPACED) {
    yield object('roles', 'Role', { metadata: metadata(name, {}, namespace), rules });
  }
  for (const [name, { subjects }] of all) if (subjects) yield clusterBinding(name, name, subjects);
  for (const [name, role] of Object.entries(GROUP_BINDINGS)) yield clusterBinding(name, role, [group(name)]);
  for (const { namespace, name, binding = name, subjects } of NAMESPACED) {
    const roleRef = { apiGroup: RBAC, kind: 'Role', name };
    yield object('rolebindings', 'RoleBinding', { metadata: metadata(binding, {}, namespace), roleRef, subjects });
  }
}

function controllers(): RoleTable {
  const entries = Object.entries({ ...WORKLOAD_CONTROLLERS, ...CLUSTER_CONTROLLERS });
  return Object.fromEntries(
    entries.map(([name, rules]) => [`system:controller:${name}`, { rules, subjects: [account(name)] }]),
  );
}

function clusterBinding(name: string, role: string, subjects: readonly Subject[]): BootstrapObject {
  return object('clusterrolebindings', 'ClusterRoleBinding', {
    metadata: metadata(name),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    ...(subjects.length === 0 ? {} : { subjects }),
  });
}

function metadata(name: string, labels: Record<string, string> = {}, namespace?: string): KubeObject['metadata'] {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { [AUTOUPDATE]: 'true' },
  };
}

function object(
  plural: string,
  kind: string,
  body: Pick<KubeObject, 'metadata'> & { [field: string]: unknown },
): BootstrapObject {
  const resource = `${plural}.${RBAC}`;
  const { namespace = '', name = '' } = body.metadata;
  return { key: keyOf(resource, namespace, name), resource, object: { apiVersion: `${RBAC}/v1`, kind, ...body } };
}

function collectRules(): ReadonlyMap<Key, readonly PolicyRule[]> {
  const rules = new Map<Key, readonly PolicyRule[]>();
  const roles = bootstrapObjects().filter(({ object }) => 'rules' in object);
  const gathered = roles.map(({ key, object: { metadata } }) => ({
    name: metadata.name ?? '',
    labels: metadata.labels ?? {},
    rules: () => rulesOf(key),
  }));
  const byKey = new Map(roles.map(({ key, object }) => [key, object as unknown as ClusterRole]));
  const rulesOf = (key: Key): readonly PolicyRule[] => {
    const role = byKey.get(key);
    const known = rules.get(key) ?? (role?.aggregationRule ? gatherRules(role, gathered) : (role?.rules ?? []));
    rules.set(key, known);
    return known;
  };
  for (const { key } of roles) rulesOf(key);
  return rules;
}
