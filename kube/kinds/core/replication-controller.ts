import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { selectorFromMap } from '../../machinery/selectors/labels.ts';
import type { ReplicationController } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateNonNegative } from '../validation/fields.ts';
import { validateAlwaysRestarted, validateCounts, validateSelects } from '../validation/workloads.ts';
import { applyPodTemplateDefaults } from './pod-spec/defaults.ts';
import { validatePodTemplate } from './pod-spec/validate.ts';
import { allTemplateWarnings, hostNameWarnings, isNewGeneration } from './pod-spec/warnings.ts';

type RC = ReplicationController;

function applyDefaults(controller: RC): void {
  const { spec, metadata } = controller;
  if (!spec) return;
  const labels = spec.template?.metadata?.labels;
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
  }
  spec.replicas ??= 1;
  applyPodTemplateDefaults(spec.template);
}

function validate({ spec }: RC): FieldError[] {
  const at = 'spec.template';
  const errors = [
    ...validateNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
    ...(Object.keys(spec?.selector ?? {}).length > 0 ? [] : [fieldError.required('spec.selector')]),
    ...validateNonNegative(spec?.replicas, 'spec.replicas'),
  ];
  if (!spec?.template) return [...errors, fieldError.required(at)];
  return [
    ...errors,
    ...validateSelects(selectorFromMap(spec.selector), spec.template, at),
    ...validatePodTemplate(spec.template, at),
    ...validateAlwaysRestarted(spec.template, 'ReplicationController', at),
  ];
}

export const replicationController = defineKind<RC>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  scope: 'Namespaced',
  nameRule: 'long-name',
  support: 'acted-on',
  generateNameRule: 'never',
  generation: true,
  defaultGarbageCollectionPolicy: 'OrphanDependents',
  columns: [
    nameColumn,
    countColumn<RC>('Desired', 'How many pods there should be.', ({ spec }) => spec?.replicas),
    countColumn<RC>('Current', 'How many pods there are.', ({ status }) => status?.replicas),
    countColumn<RC>('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas),
    ageColumn,
    ...containerColumns<RC>(({ spec }) => spec?.template?.spec?.containers),
    column<RC>('Selector', 'Which pods belong to it.', ({ spec }) => formatLabels(spec?.selector), { wide: true }),
  ],
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  },
  selectableFields: { 'status.replicas': (controller) => String(controller.status?.replicas ?? 0) },
  strategy: {
    applyDefaults,
    prepareForCreate: withStatus({ replicas: 0 }),
    validate,
    validateStatusUpdate: ({ status }) =>
      validateCounts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], ['observedGeneration']),
    warnings: (next, old) => [
      ...(old ? [] : hostNameWarnings(next.metadata)),
      // Upstream's warnings of an update take the old template for the new one.
      ...(isNewGeneration(next, old) ? allTemplateWarnings((old ?? next).spec?.template) : []),
    ],
  },
});
