import { NAME_AND_AGE } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { applyClaimSpecDefaults, type ClaimSpec } from './defaults.ts';

export const resourceClaimTemplate = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  support: 'stored',
  returnDeletedObject: true,
  columns: NAME_AND_AGE,
  strategy: {
    applyDefaults: (template) => applyClaimSpecDefaults((template.spec as { spec?: ClaimSpec } | undefined)?.spec),
  },
});
