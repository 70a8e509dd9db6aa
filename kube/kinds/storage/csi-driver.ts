import { sameJson } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { CSIDriver } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE, UNSET } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { validateEnum, validateImmutable } from '../validation/fields.ts';
import { repeated } from '../validation/repeated.ts';

const BOOLEAN = { type: 'boolean' } as const;

type Spec = NonNullable<CSIDriver['spec']>;

const MIN_SECONDS = 600;
/** The gate of this field, VolumeLimitScaling, is off. */
const UNGATED = 'preventPodSchedulingIfMissing';

function validateTokens(requests: Spec['tokenRequests'] = []): FieldError[] {
  const doubled = repeated(requests.map(({ audience }) => audience));
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    const field = `spec.tokenRequests[${index}]`;
    if (doubled.has(index)) return [fieldError.duplicate(`${field}.audience`, audience)];
    if (seconds === undefined) return [];
    const at = `${field}.expirationSeconds`;
    return [
      ...(seconds < MIN_SECONDS
        ? [fieldError.invalid(at, seconds, 'may not specify a duration less than 10 minutes')]
        : []),
      ...(seconds > 2 ** 32
        ? [fieldError.invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')]
        : []),
    ];
  });
}

/** `validateCSIDriverSpec` in `pkg/apis/storage/validation/validation.go` */
function validate({ spec = {} }: CSIDriver): FieldError[] {
  const { fsGroupPolicy, nodeAllocatableUpdatePeriodSeconds: period, serviceAccountTokenInSecrets: inSecrets } = spec;
  const lonely = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
  return [
    ...(fsGroupPolicy === undefined
      ? []
      : validateEnum(fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'], 'spec.fsGroupPolicy')),
    ...validateTokens(spec.tokenRequests),
    ...(spec.volumeLifecycleModes ?? []).flatMap((mode) =>
      validateEnum(mode, ['Persistent', 'Ephemeral'], 'spec.volumeLifecycleModes'),
    ),
    ...(period !== undefined && period < 10
      ? [
          fieldError.invalid(
            'spec.nodeAllocatableUpdatePeriodSeconds',
            period,
            'must be greater than or equal to 10 seconds',
          ),
        ]
      : []),
    ...(inSecrets !== undefined && !spec.tokenRequests?.length
      ? [fieldError.invalid('spec.serviceAccountTokenInSecrets', inSecrets, lonely)]
      : []),
  ];
}

export const csiDriver = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: { initial: 0 },
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<CSIDriver>(
      'AttachRequired',
      'Whether volumes have to be attached.',
      ({ spec }) => spec?.attachRequired ?? true,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'PodInfoOnMount',
      'Whether it is told of the pod.',
      ({ spec }) => spec?.podInfoOnMount ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'StorageCapacity',
      'Whether capacity is looked at.',
      ({ spec }) => spec?.storageCapacity ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>('TokenRequests', 'Audiences of the tokens it is given.', ({ spec }) =>
      spec?.tokenRequests ? spec.tokenRequests.map(({ audience }) => audience).join(',') : UNSET,
    ),
    column<CSIDriver>(
      'RequiresRepublish',
      'Whether it is called again and again.',
      ({ spec }) => spec?.requiresRepublish ?? false,
      BOOLEAN,
    ),
    column<CSIDriver>(
      'Modes',
      'Life cycles of volumes it supports.',
      ({ spec }) => (spec?.volumeLifecycleModes ?? []).join(',') || NONE,
    ),
    ageColumn,
  ],
  strategy: {
    validate,
    validateUpdate: ({ spec: next }, { spec: old }) => [
      ...validateImmutable(next?.attachRequired, old?.attachRequired, 'spec.attachedRequired'),
      ...validateImmutable(next?.volumeLifecycleModes, old?.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
    ],
    prepareForCreate({ spec }) {
      delete spec?.[UNGATED];
    },
    prepareForUpdate({ spec }, { spec: old }) {
      if (old?.[UNGATED] === undefined) delete spec?.[UNGATED];
    },
    warnings: ({ spec }, old) =>
      spec?.tokenRequests?.length &&
      spec.serviceAccountTokenInSecrets === undefined &&
      !sameJson(spec.tokenRequests, old?.spec?.tokenRequests)
        ? [
            'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
          ]
        : [],
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
  },
});
