import type { NetworkPolicy } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { formatLabelSelector } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { networkPolicyWarnings, validateNetworkPolicy } from './network-policy-validation.ts';

export const networkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  scope: 'Namespaced',
  support: 'stored',
  generateNameRule: 'create',
  generation: { exact: true },
  columns: [
    nameColumn,
    column<NetworkPolicy>('Pod-Selector', 'Which pods it is for.', ({ spec }) =>
      formatLabelSelector(spec?.podSelector ?? {}),
    ),
    ageColumn,
  ],
  strategy: {
    applyDefaults({ spec }) {
      if (!spec) return;
      spec.podSelector ??= {};
      for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
        for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
      }
      if (!spec.policyTypes?.length) spec.policyTypes = ['Ingress', ...(spec.egress?.length ? ['Egress'] : [])];
    },
    validate: validateNetworkPolicy,
    warnings: networkPolicyWarnings,
  },
});
