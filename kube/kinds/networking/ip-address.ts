import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import type { IPAddress } from '../../types.ts';
import { column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { invalidEach, validateImmutable } from '../validation/fields.ts';

/** `services/default/kubernetes` */
function parent({ spec }: IPAddress): string {
  const reference = spec?.parentRef;
  if (!reference) return NONE;
  const resource = [reference.resource, reference.group].filter(Boolean).join('.').toLowerCase();
  return [resource, reference.namespace, reference.name].filter(Boolean).join('/');
}

/** `ValidateIPAddress` in `pkg/apis/networking/validation/validation.go` */
function validate({ spec }: IPAddress): FieldError[] {
  const field = 'spec.parentRef';
  if (!spec?.parentRef) return [fieldError.required(field)];
  const { group, resource, name, namespace } = spec.parentRef;
  const segment = (at: string, value: string | undefined): FieldError[] =>
    invalidEach(`${field}.${at}`, value, isPathSegmentName(value ?? ''));
  return [
    ...(group ? invalidEach(`${field}.group`, group, isDNS1123Subdomain(group)) : []),
    ...(resource ? segment('resource', resource) : [fieldError.required(`${field}.resource`)]),
    ...(name ? segment('name', name) : [fieldError.required(`${field}.name`)]),
    ...(namespace ? segment('namespace', namespace) : []),
  ];
}

export const ipAddress = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  scope: 'Cluster',
  nameRule: 'ip',
  support: 'acted-on',
  columns: [nameColumn, column('ParentRef', 'Object that uses the address.', parent)],
  strategy: {
    validate,
    validateUpdate: (next, old) => validateImmutable(next.spec?.parentRef, old.spec?.parentRef, 'spec.parentRef'),
  },
});
