import { semanticEqual } from '../../machinery/equality.ts';
import { fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { parseQuantity } from '../../machinery/quantity.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import { NAME_AND_CREATED_AT } from '../columns/column.ts';
import { defineKind } from '../define.ts';
import { invalidEach } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { selectorWarnings } from '../validation/node-labels.ts';

interface CSIStorageCapacity extends KubeObject {
  nodeTopology?: LabelSelectorObject;
  storageClassName?: string;
  capacity?: string;
}

export const csiStorageCapacity = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  support: 'acted-on',
  allowUnconditionalUpdate: false,
  columns: NAME_AND_CREATED_AT,
  strategy: {
    validate: ({ nodeTopology, storageClassName = '', capacity }) => [
      ...validateLabelSelector(nodeTopology, 'nodeTopology'),
      ...invalidEach('storageClassName', storageClassName, isDNS1123Subdomain(storageClassName)),
      ...(capacity !== undefined && (parseQuantity(capacity)?.nano ?? 0n) < 0n
        ? [fieldError.invalid('capacity', capacity, 'must be greater than or equal to 0')]
        : []),
    ],
    warnings: ({ nodeTopology }) => selectorWarnings(nodeTopology, 'nodeTopology'),
    validateUpdate(next, old) {
      const selector = schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector');
      const immutable = 'field is immutable';
      return [
        ...(semanticEqual(selector, next.nodeTopology, old.nodeTopology)
          ? []
          : [fieldError.invalid('nodeTopology', next.nodeTopology, immutable)]),
        ...(next.storageClassName === old.storageClassName
          ? []
          : [fieldError.invalid('storageClassName', next.storageClassName ?? '', immutable)]),
      ];
    },
  },
});
