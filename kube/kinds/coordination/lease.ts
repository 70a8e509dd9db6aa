import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { Lease } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateNonNegative } from '../validation/fields.ts';

/** The gate of these fields, CoordinatedLeaderElection, is off. */
function dropElection({ spec }: Lease, old?: Lease): void {
  for (const name of ['strategy', 'preferredHolder'] as const) {
    if (old?.spec?.[name] === undefined) delete spec?.[name];
  }
}

export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  freeFinalizers: true,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    column<Lease>('Holder', 'Who holds the lease.', ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
  strategy: {
    validate({ spec }) {
      const errors: FieldError[] = [];
      const { leaseDurationSeconds: seconds, leaseTransitions } = spec ?? {};
      if (seconds !== undefined && seconds <= 0) {
        errors.push(fieldError.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
      }
      errors.push(...validateNonNegative(leaseTransitions, 'spec.leaseTransitions'));
      return errors;
    },
    prepareForCreate: (lease) => dropElection(lease),
    prepareForUpdate: (lease, old) => dropElection(lease, old),
    applyDefaults(lease) {
      lease.spec ??= {};
    },
  },
});
