/**
 * The users that controllers act as, which upstream's roles are bound to (`rbac/bootstrappolicy/controller_policy.go`):
 * service accounts of kube-system.
 */
export interface Identity {
  user: string;
  groups: readonly string[];
}

/** The API server itself, for the controllers that upstream's runs. */
export const API_SERVER = 'system:apiserver';

/** The controller manager itself, for the one controller that has no account of its own. */
export const CONTROLLER_MANAGER = 'system:kube-controller-manager';

export function identityOf({ name, actsAs = name }: { readonly name: string; readonly actsAs?: string }): Identity {
  if (actsAs === API_SERVER) return { user: API_SERVER, groups: ['system:masters', 'system:authenticated'] };
  if (actsAs === CONTROLLER_MANAGER) return { user: CONTROLLER_MANAGER, groups: ['system:authenticated'] };
  return {
    user: `system:serviceaccount:kube-system:${actsAs}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}
