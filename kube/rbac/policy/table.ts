/** The words of the tables of bootstrap roles: lists are texts, apart by blanks, and `core` is the group ''. */
import type { PolicyRule, Subject } from '../../types.ts';
import { RBAC } from '../rules.ts';

/** A ClusterRole; with `subjects`, a ClusterRoleBinding of its name besides. */
export interface TableRole {
  readonly rules?: readonly PolicyRule[];
  readonly subjects?: readonly Subject[];
  /** The aggregated role that takes its rules in. */
  readonly aggregateTo?: string;
  /** Takes in the rules of all roles that say so. */
  readonly aggregates?: string;
}

/** By name. */
export type RoleTable = Readonly<Record<string, TableRole>>;
export type ControllerTable = Readonly<Record<string, readonly PolicyRule[]>>;

/** A Role with its RoleBinding, whose name is the same where `binding` is left out. */
export interface NamespacedRole {
  readonly namespace: string;
  readonly name: string;
  readonly binding?: string;
  readonly rules: readonly PolicyRule[];
  readonly subjects: readonly Subject[];
}

const words = (text: string): string[] => text.split(' ');

export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  return {
    verbs: words(verbs),
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    resources: words(resources),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
  };
}

export function urls(verbs: string, paths: string): PolicyRule {
  return { verbs: words(verbs), nonResourceURLs: words(paths) };
}

export const user = (name: string): Subject => ({ kind: 'User', apiGroup: RBAC, name });
export const group = (name: string): Subject => ({ kind: 'Group', apiGroup: RBAC, name });
/** A service account of kube-system. */
export const account = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });
