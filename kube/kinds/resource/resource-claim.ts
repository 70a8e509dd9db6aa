import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { ResourceClaim } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { ALL_METADATA } from '../metadata-policy.ts';
import { validateImmutable } from '../validation/fields.ts';
import { prepareClaimStatus, validateClaimStatus } from './claim-status.ts';
import { applyClaimSpecDefaults } from './defaults.ts';
import { type DeviceClaim, validateDeviceClaim } from './device-validation.ts';

function state({ metadata, status }: ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp) states.push('deleted');
  if (status?.allocation) {
    states.push('allocated');
    if (status.reservedFor?.length) states.push('reserved');
  } else if (!metadata.deletionTimestamp) states.push('pending');
  return states.join(',');
}

export const resourceClaim = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  scope: 'Namespaced',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: [nameColumn, column('State', 'Pending, allocated, reserved …', state), ageColumn],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
  statusKeeps: ALL_METADATA,
  strategy: {
    applyDefaults: ({ spec }) => applyClaimSpecDefaults(spec),
    prepareForCreate: withStatus(),
    validate: ({ spec }, old) =>
      old ? [] : validateDeviceClaim(spec?.devices as DeviceClaim | undefined, 'spec.devices'),
    validateUpdate: ({ spec }, old) =>
      validateImmutable(spec, old.spec, 'spec', schemaOf('io.k8s.api.resource.v1.ResourceClaimSpec')),
    prepareForStatusUpdate: prepareClaimStatus,
    validateStatusUpdate: validateClaimStatus,
  },
});
