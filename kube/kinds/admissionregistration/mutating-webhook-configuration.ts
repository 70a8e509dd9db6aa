import { defineKind } from '../define.ts';
import { webhookColumns } from './columns.ts';

export const mutatingWebhookConfiguration = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'refused',
  generation: true,
  allowUnconditionalUpdate: false,
  columns: webhookColumns,
});
