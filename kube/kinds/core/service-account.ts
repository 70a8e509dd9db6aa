import type { ServiceAccount } from '../../types.ts';
import { NAME_AND_AGE } from '../columns/column.ts';
import { defineKind } from '../define.ts';

export const serviceAccount = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  scope: 'Namespaced',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: NAME_AND_AGE,
  subresources: {
    others: {
      token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
    },
  },
});
