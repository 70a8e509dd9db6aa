/** The role that a binding grants and the service accounts that have it; the bindings of a role, and of an account. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { named, type Ref, type Relation, those } from './relation.ts';

const RBAC = 'rbac.authorization.k8s.io';
const BINDINGS = [`rolebindings.${RBAC}`, `clusterrolebindings.${RBAC}`];

interface Binding {
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

const bindingOf = (object: KubeObject) => object as unknown as Binding;

function grants(object: KubeObject): Ref[] {
  const { roleRef, subjects } = bindingOf(object);
  const { namespace } = object.metadata;
  const role = roleRef?.kind === 'Role' ? named(`roles.${RBAC}`, namespace, [roleRef.name]) : [];
  const clusterRole = roleRef?.kind === 'ClusterRole' ? named(`clusterroles.${RBAC}`, '', [roleRef.name]) : [];
  const accounts = (subjects ?? []).filter(({ kind }) => kind === 'ServiceAccount');
  return [
    ...role,
    ...clusterRole,
    ...accounts.flatMap((account) => named('serviceaccounts', account.namespace ?? namespace, [account.name])),
  ];
}

const names = (kind: string) => (role: KubeObject, binding: KubeObject) => {
  const { roleRef } = bindingOf(binding);
  const isHere = kind === 'ClusterRole' || role.metadata.namespace === binding.metadata.namespace;
  return isHere && roleRef?.kind === kind && roleRef.name === role.metadata.name;
};

const isSubject = ({ metadata }: KubeObject, binding: KubeObject) =>
  (bindingOf(binding).subjects ?? []).some(
    (subject) =>
      subject.kind === 'ServiceAccount' &&
      subject.name === metadata.name &&
      (subject.namespace ?? binding.metadata.namespace) === metadata.namespace,
  );

export const roles: readonly Relation[] = [
  { name: 'grants', of: BINDINGS, find: grants },
  {
    name: 'usedBy',
    of: [`roles.${RBAC}`],
    from: `rolebindings.${RBAC}`,
    find: those(`rolebindings.${RBAC}`, names('Role')),
  },
  ...BINDINGS.flatMap((binding): Relation[] => [
    { name: 'usedBy', of: [`clusterroles.${RBAC}`], from: binding, find: those(binding, names('ClusterRole')) },
    { name: 'grants', of: ['serviceaccounts'], from: binding, find: those(binding, isSubject) },
  ]),
];
