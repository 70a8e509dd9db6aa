/** The rules for pods that failed (KEP-3329; upstream `job/pod_failure_policy.go`). */
import type { ContainerStatus, Job, Pod } from '../../../kube/types.ts';

type Policy = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>;
type ExitCodes = NonNullable<Policy['rules'][number]['onExitCodes']>;

export interface Verdict {
  /** The failure counts towards the limits. */
  counts: boolean;
  action?: string;
  /** Why the whole Job fails; undefined where it does not. */
  message?: string;
}

export function judge(policy: Policy | undefined, pod: Pod): Verdict {
  for (const [at, { action, onExitCodes, onPodConditions }] of (policy?.rules ?? []).entries()) {
    const why = onExitCodes ? exitOf(pod, onExitCodes) : conditionOf(pod, onPodConditions ?? []);
    if (why === undefined) continue;
    if (action === 'Ignore') return { counts: false, action };
    if (action !== 'FailJob') return { counts: true, action };
    return { counts: true, action, message: `${why} matching ${action} rule at index ${at}` };
  }
  return { counts: true };
}

function exitOf({ metadata, status }: Pod, codes: ExitCodes): string | undefined {
  const container =
    (status?.containerStatuses ?? []).find((each) => hasExit(each, codes)) ??
    (status?.initContainerStatuses ?? []).find((each) => hasExit(each, codes));
  const code = container?.state?.terminated?.exitCode;
  return (
    container &&
    `Container ${container.name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${code}`
  );
}

function hasExit({ name, state }: ContainerStatus, { containerName, operator, values }: ExitCodes): boolean {
  const code = state?.terminated?.exitCode;
  if (code === undefined || code === 0) return false;
  if (containerName !== undefined && containerName !== name) return false;
  return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code);
}

function conditionOf(
  { metadata, status }: Pod,
  patterns: readonly { type: string; status?: string }[],
): string | undefined {
  const found = (status?.conditions ?? []).find((condition) =>
    patterns.some((pattern) => pattern.type === condition.type && pattern.status === condition.status),
  );
  return found && `Pod ${metadata.namespace}/${metadata.name} has condition ${found.type}`;
}
