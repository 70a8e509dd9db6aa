/**
 * The rules of a controller's user (upstream `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go`):
 * each controller declares its own rules, as an RBAC PolicyRule.
 */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  /** `pods`, `pods/status`; `*` stands for all. */
  readonly resources: readonly string[];
  /** Names of the objects; all when left out. */
  readonly names?: readonly string[];
}

export const READ = ['get', 'list', 'watch'] as const;

export function rule(verbs: readonly string[], groups: readonly string[], ...resources: string[]): PolicyRule {
  return { verbs, groups, resources };
}

/** Every controller may record events. */
const EVENTS = rule(['create', 'patch', 'update'], ['', 'events.k8s.io'], 'events');

/** The user that a controller acts as. */
export function userOf({ name }: { readonly name: string }): string {
  return `system:serviceaccount:kube-system:${name}`;
}

/** Rules by user. */
export function rolesOf(
  controllers: readonly { readonly name: string; readonly rules: readonly PolicyRule[] }[],
): Map<string, readonly PolicyRule[]> {
  return new Map(controllers.map((controller) => [userOf(controller), [...controller.rules, EVENTS]]));
}
