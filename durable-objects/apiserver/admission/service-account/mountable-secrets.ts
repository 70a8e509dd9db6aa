/**
 * `kubernetes.io/enforce-mountable-secrets`: pods of such an account use the Secrets alone that it names
 * (upstream `plugin/pkg/admission/serviceaccount` limitSecretReferences).
 */
import type { Pod, ServiceAccount } from '../../../../kube/types.ts';

type Container = Pick<NonNullable<Pod['spec']>['containers'][number], 'name' | 'env' | 'envFrom'>;

export const ENFORCE_MOUNTABLE_SECRETS = 'kubernetes.io/enforce-mountable-secrets';
/** Go's `strconv.ParseBool`. */
const TRUE: ReadonlySet<string | undefined> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

export function enforcesSecrets({ metadata }: ServiceAccount): boolean {
  return TRUE.has(metadata.annotations?.[ENFORCE_MOUNTABLE_SECRETS]);
}

/** The first reference that the account does not allow, as the reason to refuse the pod. */
export function secretProblem(account: ServiceAccount, { spec }: Pod): string | undefined {
  if (!spec) return undefined;
  const { allowed, suffix } = mountable(account);
  for (const { secret } of spec.volumes ?? []) {
    const name = secret?.secretName ?? '';
    if (secret && !allowed.has(name)) return `volume with secret.secretName="${name}" is ${suffix}`;
  }
  const inContainers =
    containersProblem(account, 'init container', spec.initContainers) ??
    containersProblem(account, 'container', spec.containers);
  if (inContainers !== undefined) return inContainers;
  const pulls = new Set(account.imagePullSecrets?.map(({ name = '' }) => name));
  for (const [index, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (pulls.has(name)) continue;
    return `imagePullSecrets[${index}].name="${name}" is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`;
  }
  return undefined;
}

export function containersProblem(
  account: ServiceAccount,
  what: string,
  containers: readonly Container[] = [],
): string | undefined {
  const { allowed, suffix } = mountable(account);
  for (const container of containers) {
    for (const { name, valueFrom } of container.env ?? []) {
      const secret = valueFrom?.secretKeyRef;
      if (!secret || allowed.has(secret.name ?? '')) continue;
      return `${what} ${container.name} with envVar ${name} referencing secret.secretName="${secret.name ?? ''}" is ${suffix}`;
    }
    for (const { secretRef } of container.envFrom ?? []) {
      if (!secretRef || allowed.has(secretRef.name ?? '')) continue;
      return `${what} ${container.name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}" is ${suffix}`;
    }
  }
  return undefined;
}

function mountable({ metadata, secrets }: ServiceAccount): { allowed: ReadonlySet<string>; suffix: string } {
  const suffix = `not allowed because service account ${metadata.name} does not reference that secret`;
  return { allowed: new Set(secrets?.map(({ name = '' }) => name)), suffix };
}
