/** A kind of a definition, whose objects own others. */
import type { CustomKindSpec } from '../../../../kube/kinds/custom/custom-kind.ts';

export const WIDGETS = 'widgets.example.com';
export const WIDGET: CustomKindSpec = {
  group: 'example.com',
  scope: 'Namespaced',
  names: { plural: 'widgets', kind: 'Widget' },
  versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
};
