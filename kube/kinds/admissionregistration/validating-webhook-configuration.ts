import type { ValidatingWebhookConfiguration } from '../../types.ts';
import { defineKind } from '../define.ts';
import { webhookColumns } from './columns.ts';
import { applyWebhookDefaults, validateWebhooks } from './webhooks.ts';

export const validatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  support: 'acted-on',
  freeFinalizers: true,
  generation: { exact: true },
  allowUnconditionalUpdate: false,
  columns: webhookColumns,
  strategy: {
    applyDefaults: ({ webhooks }) => applyWebhookDefaults(webhooks, false),
    validate: ({ webhooks }) => validateWebhooks(webhooks, false),
  },
});
