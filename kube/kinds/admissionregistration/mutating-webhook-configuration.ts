import type { MutatingWebhookConfiguration } from '../../types.ts';
import { defineKind } from '../define.ts';
import { webhookColumns } from './columns.ts';
import { applyWebhookDefaults, validateWebhooks } from './webhooks.ts';

export const mutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'acted-on',
  freeFinalizers: true,
  generation: { exact: true },
  allowUnconditionalUpdate: false,
  columns: webhookColumns,
  strategy: {
    applyDefaults: ({ webhooks }) => applyWebhookDefaults(webhooks, true),
    validate: ({ webhooks }) => validateWebhooks(webhooks, true),
  },
});
