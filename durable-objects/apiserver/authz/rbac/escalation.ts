/**
 * A user may not grant what it does not have, unless it may `escalate` roles or `bind` the role (upstream
 * `pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go`, `escalation_check.go`).
 */
import { semanticEqual } from '../../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { parseKey } from '../../../../kube/machinery/resource.ts';
import { describeRules, quoteList, uncoveredWithin } from '../../../../kube/rbac/covers.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import type { ClusterRole, PolicyRule, RoleBinding } from '../../../../kube/types.ts';
import type { Call } from '../../call.ts';
import { type ApiError, forbidden, notFound, quote } from '../../errors.ts';
import { isMaster } from '../attributes.ts';
import { aggregate } from './authority.ts';
import { roleKey } from './grant.ts';

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Comparisons of two rules, about 100 ns each. Upstream's `admin` and the roles it aggregates take 12,000 at most. */
const MAX_COMPARISONS = 1_000_000;
const TOO_MANY =
  'the rules stand for too many single rights to be compared with those of the user: ask for them in several roles, or have somebody grant them who holds them by a wildcard';

/** Throws when the write would grant too much. `old` is what the object replaces. Objects of other kinds pass. */
export function checkEscalation(call: Call, object: KubeObject, old?: KubeObject): void {
  const { kind, user } = call;
  if (kind.group !== RBAC || isMaster(user)) return;
  if (kind.kind === 'Role' || kind.kind === 'ClusterRole') checkRole(call, object, old);
  else checkBinding(call, object, old);
}

function checkRole(call: Call, object: KubeObject, old: KubeObject | undefined): void {
  const { kind, info } = call;
  if (isAllowed(call, 'escalate', kind.plural, info.name, info.namespace) || isForGarbageCollection(call, object, old))
    return;
  const role = object as unknown as ClusterRole;
  const problem = escalation(call, role.rules ?? []);
  if (problem !== undefined) throw refused(call, object, problem);
  // An aggregated role also gets the rules of roles that are labelled later, and undoes a removal of rules.
  if (
    [role, old as unknown as ClusterRole | undefined].some(aggregates) &&
    escalation(call, EVERYTHING) !== undefined
  ) {
    throw refused(call, object, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

function aggregates(role: ClusterRole | undefined): boolean {
  return (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0;
}

function checkBinding(call: Call, object: KubeObject, old: KubeObject | undefined): void {
  const { roleRef } = object as unknown as RoleBinding;
  const { namespace } = call.info;
  if (isForGarbageCollection(call, object, old)) return;
  const key = roleRef ? roleKey(roleRef, namespace) : '';
  // Validation tells what is wrong with such a reference.
  if (!roleRef || key === '') return;
  const plural = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (roleRef.apiGroup === RBAC && isAllowed(call, 'bind', plural, roleRef.name, namespace)) return;
  const rules = call.server.rules.rulesOf(key);
  // In upstream's storage, a role that is missing is told by the resource of the request.
  if (!rules) throw notFound(call.kind.resource, roleRef.name);
  const problem = escalation(call, rules);
  if (problem !== undefined) throw refused(call, object, problem);
}

function refused({ kind }: Call, { metadata }: KubeObject, why: string): ApiError {
  return forbidden(kind.resource, metadata.name ?? '', why);
}

function isAllowed({ server, user }: Call, verb: string, resource: string, name: string, namespace: string): boolean {
  const attributes = { user, verb, isResource: true, group: RBAC, version: '*', resource, subresource: '', path: '' };
  return server.authorize({ ...attributes, name, namespace }).allowed;
}

/** Upstream's IsOnlyMutatingGCFields: an object must be able to go, whatever it grants. */
function isForGarbageCollection({ kind }: Call, object: KubeObject, old: KubeObject | undefined): boolean {
  if (!old) return false;
  const { ownerReferences, finalizers, managedFields } = old.metadata;
  const metadata = { ...object.metadata, ownerReferences, finalizers, managedFields };
  return semanticEqual(kind.schema, { ...object, metadata }, old);
}

/** `pkg/registry/rbac/validation/rule.go` ConfirmNoEscalation: the rules that the user lacks; undefined: none. */
function escalation({ server, user, info, kind }: Call, rules: readonly PolicyRule[]): string | undefined {
  const { lists, broken } = server.rules.rulesFor(user, info.namespace);
  const held = [...new Set(lists)].flat();
  const missing = uncoveredWithin(MAX_COMPARISONS, held, rules);
  if (missing === 'too-many') return TOO_MANY;
  if (missing.length === 0) return undefined;
  const author = `user ${quote(user.name)} (groups=${quoteList(user.groups)})`;
  const text = `${author} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing).join('\n')}`;
  if (broken.length === 0) return text;
  const problems = broken.map(({ role }) => `${kind.resource} ${quote(parseKey(role).name)} not found`);
  return `${text}; resolution errors: [${aggregate(problems)}]`;
}
