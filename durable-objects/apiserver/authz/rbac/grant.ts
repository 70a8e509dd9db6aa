/**
 * A role that a binding grants to one of its subjects, and upstream's words for it
 * (`pkg/registry/rbac/validation/rule.go`).
 */
import { type Key, keyOf, parseKey } from '../../../../kube/machinery/resource.ts';
import { RBAC } from '../../../../kube/rbac/rules.ts';
import type { RoleBinding, Subject } from '../../../../kube/types.ts';
import { quote } from '../../errors.ts';

type RoleRef = RoleBinding['roleRef'];

export class Grant {
  readonly binding: Key;
  /** The key of the role; '' where the reference is of no kind of role. */
  readonly role: Key;
  readonly roleRef: RoleRef;
  readonly subject: Subject;
  #allow: string | undefined;

  constructor(binding: Key, roleRef: RoleRef, subject: Subject) {
    this.binding = binding;
    this.role = roleKey(roleRef, parseKey(binding).namespace);
    this.roleRef = roleRef;
    this.subject = subject;
  }

  /** The reason of a decision that rests on this grant. */
  get allow(): string {
    this.#allow ??= this.#describe();
    return this.#allow;
  }

  #describe(): string {
    const { namespace, name } = parseKey(this.binding);
    const { kind, name: role } = this.roleRef;
    const binding =
      namespace === '' ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${name}/${namespace}`)}`;
    return `RBAC: allowed by ${binding} of ${kind} ${quote(role)} to ${describeSubject(this.subject, namespace)}`;
  }

  /** The reason why this grant gives no rights, where its role does not exist. */
  get problem(): string {
    const { kind, name } = this.roleRef;
    if (this.role === '') return `unsupported role reference kind: ${quote(kind)}`;
    return `${kind.toLowerCase()}.${RBAC} ${quote(name)} not found`;
  }
}

/** '' where the reference is of no kind of role. */
export function roleKey({ kind, name }: RoleRef, namespace: string): Key {
  if (kind === 'ClusterRole') return keyOf(`clusterroles.${RBAC}`, '', name);
  return kind === 'Role' ? keyOf(`roles.${RBAC}`, namespace, name) : '';
}

function describeSubject({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  return `${kind} ${quote(kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name)}`;
}
