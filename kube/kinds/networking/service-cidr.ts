import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { ServiceCIDR } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { ALL_METADATA } from '../metadata-policy.ts';
import { validateImmutable } from '../validation/fields.ts';
import { validateCanonicalCIDR } from '../validation/ip.ts';

const FIELD = 'spec.cidrs';
const ONE_EACH = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';

/** `validateServiceCIDRSpec` in `pkg/apis/networking/validation/validation.go` */
function validateRanges(cidrs: readonly string[]): FieldError[] {
  if (cidrs.length === 0) return [fieldError.required(FIELD, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldError.invalid(FIELD, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, index) => validateCanonicalCIDR(cidr, `${FIELD}[${index}]`));
  const [first, second] = cidrs.map((cidr) => cidr.includes(':'));
  return errors.length === 0 && cidrs.length === 2 && first === second
    ? [fieldError.invalid(FIELD, cidrs, ONE_EACH)]
    : errors;
}

/** The ranges stay; a second one may be added. */
function validateUpdate({ spec: after }: ServiceCIDR, { spec: before }: ServiceCIDR): FieldError[] {
  const [next, old] = [after?.cidrs ?? [], before?.cidrs ?? []];
  const isAdded = old.length === 1 && next.length === 2;
  if (next.length !== old.length && !isAdded) return [fieldError.invalid(FIELD, next, 'field is immutable')];
  const changed = old.flatMap((cidr, index) => validateImmutable(next[index], cidr, `${FIELD}[${index}]`));
  return isAdded ? [...changed, ...validateRanges(next)] : changed;
}

export const serviceCIDR = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  scope: 'Cluster',
  support: 'acted-on',
  generateNameRule: 'create',
  columns: [
    nameColumn,
    column<ServiceCIDR>('CIDRs', 'Ranges that addresses of services come from.', ({ spec }) =>
      (spec?.cidrs ?? []).join(','),
    ),
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
  strategy: {
    prepareForCreate: withStatus(),
    // A stored range stays valid, and an update may do no more than add one.
    validate: ({ spec }, old) => (old ? [] : validateRanges(spec?.cidrs ?? [])),
    validateUpdate,
  },
  statusKeeps: ALL_METADATA,
});
