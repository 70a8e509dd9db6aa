/**
 * clusterrole-aggregation-controller (upstream `pkg/controller/clusterroleaggregation`): a ClusterRole with an
 * aggregation rule has the rules of the roles that its selectors find.
 */
import { sameJson } from '../../kube/machinery/equality.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { parseKey } from '../../kube/machinery/resource.ts';
import { type Gathered, gatherRules } from '../../kube/rbac/aggregate.ts';
import { AGGREGATOR } from '../../kube/rbac/policy/index.ts';
import type { ClusterRole } from '../../kube/types.ts';
import { defineController } from './runtime/controller.ts';
import { defineIndex, defineProjection, labelsOf } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';

const gathers = defineProjection<true>({
  field: 'gathers',
  resource: ROLES,
  compute: (object) => (object as unknown as ClusterRole).aggregationRule && true,
});

const gathering = defineIndex({
  name: 'ClusterRoles with an aggregation rule',
  resource: ROLES,
  values: (role) => (gathers.of(role) ? [''] : []),
});

export const clusterRoleAggregationController = defineController({
  name: AGGREGATOR,
  for: ROLES,
  projections: [gathers, labelsOf(ROLES)],
  indexes: [gathering],
  filter: ({ after }) => gathers.of(after) === true,
  // Each role may be found by each selector, and there are few selectors.
  watches: [{ resource: ROLES, map: (_, view) => [...view.index(gathering, '')].map(({ key }) => key) }],
  reconcile(key, view) {
    const { name } = parseKey(key);
    const role = view.get<ClusterRole>(ROLES, '', name);
    if (!role?.aggregationRule) return { actions: [] };
    const rules = gatherRules(role, rolesOf(view));
    if (sameJson(rules, role.rules ?? [])) return { actions: [] };
    const object: KubeObject = {
      apiVersion: role.apiVersion,
      kind: role.kind,
      metadata: { name },
      ...(rules.length > 0 ? { rules } : {}),
    };
    return { actions: [{ do: 'apply', resource: ROLES, object, manager: AGGREGATOR }] };
  },
});

function rolesOf(view: View): Gathered[] {
  return [...view.projections(ROLES, '')].map(({ name, labels }) => ({
    name,
    labels,
    rules: () => view.get<ClusterRole>(ROLES, '', name)?.rules ?? [],
  }));
}
