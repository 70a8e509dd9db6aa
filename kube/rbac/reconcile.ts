/**
 * The change that gives a role or binding what its bootstrap object has (component-helpers
 * `auth/rbac/reconciliation/{reconcile_role,reconcile_rolebindings}.go`, without removing what was added).
 */
import { sameJson } from '../machinery/equality.ts';
import type { KubeObject } from '../machinery/object.ts';
import type { ClusterRole, RoleBinding, Subject } from '../types.ts';
import { uncovered } from './covers.ts';
import { AUTOUPDATE } from './policy/index.ts';

/** The object to put; `recreate`: the one that is there refers to another role, which never changes. */
export type Reconciled = KubeObject | 'recreate' | undefined;

type Selector = NonNullable<ClusterRole['aggregationRule']>['clusterRoleSelectors'];

/** undefined: nothing is to be done, or the object is not to be touched. */
export function reconciled(existing: KubeObject, expected: KubeObject): Reconciled {
  if (existing.metadata.annotations?.[AUTOUPDATE] === 'false') return undefined;
  const { metadata, ...rest } = existing;
  const next: KubeObject = {
    ...rest,
    metadata: {
      ...metadata,
      labels: { ...expected.metadata.labels, ...metadata.labels },
      annotations: { ...expected.metadata.annotations, ...metadata.annotations },
    },
  };
  if ('roleRef' in expected) {
    if (!sameJson(existing.roleRef, expected.roleRef)) return 'recreate';
    addSubjects(next as unknown as RoleBinding, expected as unknown as RoleBinding);
  } else addRules(next as unknown as ClusterRole, expected as unknown as ClusterRole);
  return sameJson(next, existing) ? undefined : next;
}

function addSubjects(next: RoleBinding, { subjects: wanted = [] }: RoleBinding): void {
  const { subjects = [] } = next;
  const missing = wanted.filter((one) => !subjects.some((other) => sameSubject(one, other)));
  if (missing.length > 0) next.subjects = [...subjects, ...missing];
}

function sameSubject(a: Subject, b: Subject): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    (a.namespace ?? '') === (b.namespace ?? '') &&
    (a.apiGroup ?? '') === (b.apiGroup ?? '')
  );
}

function addRules(next: ClusterRole, expected: ClusterRole): void {
  const missing = uncovered(next.rules ?? [], expected.rules ?? []);
  if (missing.length > 0) next.rules = [...(next.rules ?? []), ...missing];
  if (!expected.aggregationRule) {
    delete next.aggregationRule;
    return;
  }
  const selectors: NonNullable<Selector> = next.aggregationRule?.clusterRoleSelectors ?? [];
  const wanted = expected.aggregationRule.clusterRoleSelectors ?? [];
  const more = wanted.filter((one) => !selectors.some((other) => sameJson(one, other)));
  if (more.length > 0) next.aggregationRule = { clusterRoleSelectors: [...selectors, ...more] };
}
