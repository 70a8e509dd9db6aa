import { schemaOf } from '../../machinery/schema/resolve.ts';
import { NAME_AND_AGE } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { validateTemplateMetadata } from '../metadata.ts';
import { validateImmutable } from '../validation/fields.ts';
import { applyClaimSpecDefaults, type ClaimSpec } from './defaults.ts';
import { type DeviceClaim, validateDeviceClaim } from './device-validation.ts';

interface Spec {
  metadata?: Parameters<typeof validateTemplateMetadata>[0];
  spec?: ClaimSpec;
}

export const resourceClaimTemplate = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: NAME_AND_AGE,
  strategy: {
    applyDefaults: (template) => applyClaimSpecDefaults((template.spec as Spec | undefined)?.spec),
    validate(template) {
      const { metadata, spec } = (template.spec ?? {}) as Spec;
      return [
        ...validateTemplateMetadata(metadata, 'spec.metadata'),
        ...validateDeviceClaim(spec?.devices as DeviceClaim | undefined, 'spec.spec.devices'),
      ];
    },
    validateUpdate: (next, old) =>
      validateImmutable(next.spec, old.spec, 'spec', schemaOf('io.k8s.api.resource.v1.ResourceClaimTemplateSpec')),
  },
});
