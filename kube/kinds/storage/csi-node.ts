import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { CSINode } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { validateDriverName } from '../core/pod-spec/volumes.ts';
import { defineKind } from '../define.ts';
import { validateImmutable, validateNonNegative } from '../validation/fields.ts';
import { validateLabelName } from '../validation/labels.ts';
import { repeated } from '../validation/repeated.ts';

type Driver = NonNullable<CSINode['spec']>['drivers'][number];

const MAX_NODE_ID = 256;

/** `validateCSINodeDriver` in `pkg/apis/storage/validation/validation.go` */
function validateDriver(
  { name, nodeID, allocatable, topologyKeys }: Driver,
  isDoubled: boolean,
  field: string,
): FieldError[] {
  const keys = topologyKeys ?? [];
  const doubled = repeated(keys);
  const long = `must be ${MAX_NODE_ID} characters or less`;
  return [
    ...validateDriverName(name, `${field}.name`),
    ...(nodeID ? [] : [fieldError.required(`${field}.nodeID`)]),
    ...(exceedsUtf8([nodeID ?? ''], MAX_NODE_ID) ? [fieldError.invalid(`${field}.nodeID`, nodeID, long)] : []),
    ...validateNonNegative(allocatable?.count, `${field}.allocatable.count`),
    ...(isDoubled ? [fieldError.duplicate(`${field}.name`, name)] : []),
    ...keys.flatMap((key, index) => [
      ...(key === '' ? [fieldError.required(field)] : []),
      ...(doubled.has(index) ? [fieldError.duplicate(field, key)] : []),
      ...validateLabelName(key, field),
    ]),
  ];
}

export const csiNode = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  support: 'stored',
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    countColumn<CSINode>('Drivers', 'How many CSI drivers run on the node.', ({ spec }) => spec?.drivers?.length),
    ageColumn,
  ],
  strategy: {
    validate: ({ spec }) => {
      const drivers = spec?.drivers ?? [];
      const doubled = repeated(drivers.map(({ name }) => name));
      return drivers.flatMap((driver, index) => validateDriver(driver, doubled.has(index), `spec.drivers[${index}]`));
    },
    validateUpdate({ spec: next }, { spec: old }) {
      const schema = schemaOf('io.k8s.api.storage.v1.CSINodeDriver');
      const byName = Map.groupBy(next?.drivers ?? [], ({ name }) => name);
      return (old?.drivers ?? []).flatMap((before) =>
        (byName.get(before.name) ?? []).flatMap((after) =>
          validateImmutable({ ...after, allocatable: null }, { ...before, allocatable: null }, 'spec.drivers', schema),
        ),
      );
    },
  },
});
