/** Secrets that keep a token of a service account, and the accounts that name them. */
import type { Secret, ServiceAccount } from '../../../kube/types.ts';
import { defineIndex, defineProjection } from '../runtime/view/projection.ts';

const TYPE = 'kubernetes.io/service-account-token';
export const NAME = 'kubernetes.io/service-account.name';
export const UID = 'kubernetes.io/service-account.uid';

export interface Account {
  readonly name: string;
  /** Absent until the Secret is filled. */
  readonly uid?: string;
}

/** The account of a Secret that keeps a token. */
export const accountOf = defineProjection<Account>({
  field: 'tokenOf',
  resource: 'secrets',
  compute(object) {
    const { type, metadata } = object as unknown as Secret;
    const { [NAME]: name, [UID]: uid } = metadata.annotations ?? {};
    return type === TYPE && name ? { name, ...(uid ? { uid } : {}) } : undefined;
  },
});

/** The value of {@link secretsByAccount} that all of them have. */
export const ALL = '';

export const secretsByAccount = defineIndex({
  name: 'Token Secrets by account',
  resource: 'secrets',
  values(secret) {
    const account = accountOf.of(secret);
    return account ? [`${secret.namespace}/${account.name}`, ALL] : [];
  },
});

/** The names that an account gives in `secrets`. */
export const secretsOf = defineProjection<readonly string[]>({
  field: 'secrets',
  resource: 'serviceaccounts',
  compute(object) {
    const names = (object as unknown as ServiceAccount).secrets?.flatMap(({ name }) => name || []) ?? [];
    return names.length > 0 ? names : undefined;
  },
});
