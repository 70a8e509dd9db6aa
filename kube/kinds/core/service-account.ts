import type { ServiceAccount } from '../../types.ts';
import { NAME_AND_AGE } from '../columns/column.ts';
import { defineKind } from '../define.ts';

const ENFORCE = 'kubernetes.io/enforce-mountable-secrets';

const isSet = (account: ServiceAccount | undefined): boolean => account?.metadata.annotations?.[ENFORCE] !== undefined;

/** `cleanSecretReferences`: a secret of an account is named, and nothing else is said of it. */
function keepSecretNames(account: ServiceAccount): void {
  account.secrets = account.secrets?.map(({ name }) => (name ? { name } : {}));
}

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
  strategy: {
    prepareForCreate: keepSecretNames,
    prepareForUpdate: keepSecretNames,
    warnings: (next, old) =>
      isSet(old) || !isSet(next)
        ? []
        : [
            `metadata.annotations[${ENFORCE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
          ],
  },
  subresources: {
    others: {
      token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
    },
  },
});
