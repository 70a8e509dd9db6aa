/**
 * clusterrole-aggregation-controller (upstream `pkg/controller/clusterroleaggregation`): a ClusterRole with an
 * aggregation rule has the rules of the roles that its selectors find.
 */
import { sameJson } from '../../kube/machinery/equality.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { ClusterRole, PolicyRule } from '../../kube/types.ts';
import { defineController } from './runtime/controller.ts';
import { defineIndex, defineProjection, labelsOf } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const NAME = 'clusterrole-aggregation-controller';
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
  name: NAME,
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
    const rules = gathered(role, view);
    if (sameJson(rules, role.rules ?? [])) return { actions: [] };
    const object: KubeObject = {
      apiVersion: role.apiVersion,
      kind: role.kind,
      metadata: { name },
      ...(rules.length > 0 ? { rules } : {}),
    };
    return { actions: [{ do: 'apply', resource: ROLES, object, manager: NAME }] };
  },
});

/** The rules of each role that a selector finds, each once, in the order of the roles' names. */
function gathered({ metadata, aggregationRule }: ClusterRole, view: View): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    for (const name of foundBy(selectorFromObject(selector).matches, view)) {
      if (name === metadata.name) continue;
      for (const rule of view.get<ClusterRole>(ROLES, '', name)?.rules ?? []) {
        if (!rules.some((other) => sameJson(other, rule))) rules.push(rule);
      }
    }
  }
  return rules;
}

type Matches = ReturnType<typeof selectorFromObject>['matches'];

function foundBy(matches: Matches, view: View): Key[] {
  const found = [...view.projections(ROLES, '')].filter(({ labels }) => matches(labels));
  return found.map(({ name }) => name).sort();
}
