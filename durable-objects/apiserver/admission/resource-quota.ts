/**
 * A namespace uses no more than its quotas allow (apiserver `pkg/admission/plugin/resourcequota`). What a request takes
 * is counted in the commit (`../quota/quotas.ts`); here it is refused before others have to be asked about it.
 */
import type { Plugin } from './plugin.ts';

export const resourceQuota: Plugin = {
  name: 'ResourceQuota',
  validate(attributes) {
    const { call, namespace } = attributes;
    if (namespace !== '' && call.kind.resource !== 'namespaces') call.server.quotas.check(attributes);
  },
};
