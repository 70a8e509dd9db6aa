import { compareQuantities, parseQuantity } from '../../../machinery/quantity.ts';
import type { ResourceQuota } from '../../../types.ts';
import { ageColumn, column, nameColumn } from '../../columns/column.ts';
import { defineKind } from '../../define.ts';
import { applyQuantityDefaults } from '../pod-spec/container-defaults.ts';
import type { ResourceList } from '../pod-spec/resources.ts';
import { validateResourceQuota, validateResourceQuotaUpdate, validateStatus } from './resource-quota-validation.ts';

function usage({ status }: ResourceQuota, limits: boolean): string {
  return Object.keys(status?.hard ?? {})
    .filter((resource) => resource.startsWith('limits.') === limits)
    .sort()
    .map((resource) => `${resource}: ${status?.used?.[resource] ?? '0'}/${status?.hard?.[resource]}`)
    .join(', ');
}

/** A request that may be larger than the limits. */
function warnings({ spec }: ResourceQuota): string[] {
  const hard: ResourceList = spec?.hard ?? {};
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((name) => {
    const bare = name === 'cpu' || name === 'memory' ? name : '';
    const request = [`requests.${name}`, bare].find((one) => Object.hasOwn(hard, one));
    const limit = `limits.${name}`;
    if (request === undefined || !Object.hasOwn(hard, limit)) return [];
    const [asked, most] = [parseQuantity(hard[request] ?? ''), parseQuantity(hard[limit] ?? '')];
    if (!asked || !most || compareQuantities(asked, most) <= 0) return [];
    return [`ResourceQuota ${request} (${hard[request]}) should be less than ${limit} (${hard[limit]})`];
  });
}

export const resourceQuota = defineKind<ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<ResourceQuota>('Request', 'What may be requested, and what is.', (quota) => usage(quota, false)),
    column<ResourceQuota>('Limit', 'What limits may add up to, and do.', (quota) => usage(quota, true)),
    ageColumn,
  ],
  subresources: { status: true },
  strategy: {
    applyDefaults({ spec, status }) {
      for (const list of [spec?.hard, status?.hard, status?.used]) applyQuantityDefaults(list);
    },
    prepareForCreate(quota) {
      quota.spec ??= {};
      quota.status = {};
    },
    validate: (quota, old) => (old ? validateSpecOf(quota) : validateResourceQuota(quota)),
    validateUpdate: validateResourceQuotaUpdate,
    validateStatusUpdate: ({ status }) => validateStatus(status),
    warnings: (quota, old) => (old ? [] : warnings(quota)),
  },
});

function validateSpecOf({ metadata, spec }: ResourceQuota) {
  return validateResourceQuota({ metadata, spec } as ResourceQuota);
}
