/**
 * The person's rights, as the cluster's RBAC says of them (`SelfSubjectRulesReview`): an action that would
 * be refused is not offered for a try. The server decides all the same.
 */
import { type ApiResource, groupResource } from '../../api/discovery.ts';
import type { Api } from '../../api/request.ts';
import type { Action } from './index.ts';

export interface ResourceRule {
  verbs: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  resourceNames?: readonly string[];
}

export interface Need {
  verb: string;
  group: string;
  /** With its subresource: `deployments/scale`. */
  resource: string;
}

/** The requests of an action, as RBAC sees them. */
export function needsOf({ name }: Pick<Action, 'name'>, { group, plural }: ApiResource): Need[] {
  if (name === 'scale') return [{ verb: 'patch', group, resource: `${plural}/scale` }];
  if (name === 'remove') return [{ verb: 'delete', group, resource: plural }];
  if (name === 'trigger') return [{ verb: 'create', group: 'batch', resource: 'jobs' }];
  if (name === 'openPort') return [{ verb: 'create', group, resource: `${plural}/proxy` }];
  const patch: Need = { verb: 'patch', group, resource: plural };
  return name === 'drain' ? [patch, { verb: 'create', group: '', resource: 'pods/eviction' }] : [patch];
}

/** The first need that no rule allows. `object`: its name, where there is one. */
export function refusedNeed(rules: readonly ResourceRule[], needs: readonly Need[], object?: string): Need | undefined {
  return needs.find((need) => !rules.some((rule) => allows(rule, need, object)));
}

function allows(rule: ResourceRule, { verb, group, resource }: Need, object: string | undefined): boolean {
  const has = (values: readonly string[] | undefined, value: string) =>
    Boolean(values?.includes('*') || values?.includes(value));
  const subresource = resource.slice(resource.indexOf('/') + 1);
  const isNamed = rule.resourceNames?.length ? object !== undefined && rule.resourceNames.includes(object) : true;
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, resource) || (resource.includes('/') && has(rule.resources, `*/${subresource}`))) &&
    isNamed
  );
}

/** As upstream says it: `patch deployments.apps/scale`. */
export function needText({ verb, group, resource }: Need): string {
  const [plural = '', subresource] = resource.split('/');
  return `${verb} ${groupResource({ group, plural })}${subresource ? `/${subresource}` : ''}`;
}

interface Review {
  status?: { resourceRules?: ResourceRule[]; incomplete?: boolean };
}

/** Rights change seldom. Milliseconds. */
const KEPT_MS = 60_000;
const known = new WeakMap<Api, Map<string, { at: number; rules: Promise<readonly ResourceRule[] | undefined> }>>();

/** Undefined where the server does not say all of it. */
export function rulesIn(api: Api, namespace: string, now: number): Promise<readonly ResourceRule[] | undefined> {
  const own = known.get(api) ?? new Map();
  known.set(api, own);
  const found = own.get(namespace);
  if (found && now - found.at < KEPT_MS) return found.rules;
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const rules = api.post<Review>('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body).then(
    ({ status }) => (status?.incomplete ? undefined : (status?.resourceRules ?? [])),
    () => undefined,
  );
  own.set(namespace, { at: now, rules });
  return rules;
}
