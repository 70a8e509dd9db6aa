import type { Deployment } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { selectorText } from '../columns/text.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { workloadWarnings } from '../core/pod-spec/warnings.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import {
  validateDeployment,
  validateDeploymentStatusUpdate,
  validateDeploymentUpdate,
} from './deployment-validation.ts';

function applyDefaults(deployment: Deployment): void {
  deployment.spec ??= {} as NonNullable<Deployment['spec']>;
  const { spec } = deployment;
  spec.template ??= {};
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ||= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  applyPodTemplateDefaults(spec.template);
}

export const deployment = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: { raisedBy: ['content', 'annotations'] },
  statusKeeps: ['labels'],
  columns: [
    nameColumn,
    column<Deployment>(
      'Ready',
      'How many pods are ready, of how many there should be.',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    ),
    countColumn<Deployment>(
      'Up-to-date',
      'How many pods are of the latest template.',
      ({ status }) => status?.updatedReplicas,
      {
        type: 'string',
      },
    ),
    countColumn<Deployment>('Available', 'How many pods are available.', ({ status }) => status?.availableReplicas, {
      type: 'string',
    }),
    ageColumn,
    ...containerColumns<Deployment>(({ spec }) => spec?.template?.spec?.containers),
    selectorColumn<Deployment>(
      ({ spec }) => spec?.selector,
      (selector) => selectorText(selector, '<invalid>'),
    ),
  ],
  resetFields: { '': ['status'], status: ['spec', 'metadata.labels'] },
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  },
  strategy: {
    applyDefaults,
    prepareForCreate: withStatus(),
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    validateStatusUpdate: validateDeploymentStatusUpdate,
    warnings: workloadWarnings,
  },
});
