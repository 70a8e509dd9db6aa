/** Upstream `pkg/apis/rbac/v1/defaults.go`, `pkg/apis/rbac/validation/validation.go`: bindings. */
import { type FieldError, fieldError, plain } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import { RBAC } from '../../rbac/rules.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from '../../types.ts';
import type { Strategy } from '../define.ts';
import { invalidEach } from '../validation/fields.ts';

type AnyBinding = RoleBinding | ClusterRoleBinding;

/** `roles`: the kinds of role that it may refer to. */
export function bindingStrategy(roles: readonly string[]): Strategy<AnyBinding> {
  const isNamespaced = roles.includes('Role');
  return {
    applyDefaults,
    validate: ({ roleRef, subjects }) => [
      ...validateRoleRef(roleRef, roles),
      ...(subjects ?? []).flatMap((subject, index) => validateSubject(subject, isNamespaced, `subjects[${index}]`)),
    ],
    validateUpdate({ roleRef }, { roleRef: old }) {
      const { apiGroup: APIGroup, kind: Kind, name: Name } = roleRef;
      if (APIGroup === old.apiGroup && Kind === old.kind && Name === old.name) return [];
      return [fieldError.invalid('roleRef', { APIGroup, Kind, Name }, 'cannot change roleRef')];
    },
  };
}

function applyDefaults(binding: AnyBinding): void {
  binding.roleRef ??= { apiGroup: RBAC, kind: '', name: '' };
  binding.roleRef.apiGroup ||= RBAC;
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= RBAC;
  }
}

function validateRoleRef(
  { apiGroup, kind = '', name = '' }: RoleBinding['roleRef'],
  roles: readonly string[],
): FieldError[] {
  const errors: FieldError[] = [];
  if (apiGroup !== RBAC) errors.push(fieldError.notSupported('roleRef.apiGroup', plain(apiGroup ?? ''), [RBAC]));
  if (!roles.includes(kind)) errors.push(fieldError.notSupported('roleRef.kind', plain(kind), roles));
  if (name === '') errors.push(fieldError.required('roleRef.name'));
  else errors.push(...invalidEach('roleRef.name', name, isPathSegmentName(name)));
  return errors;
}

function validateSubject(subject: Subject, isNamespaced: boolean, field: string): FieldError[] {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  const errors: FieldError[] = [];
  if (name === '') errors.push(fieldError.required(`${field}.name`));
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.push(...invalidEach(`${field}.name`, name, isDNS1123Subdomain(name)));
    if (apiGroup !== '') errors.push(fieldError.notSupported(`${field}.apiGroup`, plain(apiGroup), ['']));
    if (!isNamespaced && namespace === '') errors.push(fieldError.required(`${field}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC) errors.push(fieldError.notSupported(`${field}.apiGroup`, plain(apiGroup), [RBAC]));
  } else errors.push(fieldError.notSupported(`${field}.kind`, plain(kind), ['ServiceAccount', 'User', 'Group']));
  return errors;
}
