/** Whether a PodDisruptionBudget lets a pod be evicted (upstream `pkg/registry/core/pod/storage/eviction.go`). */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Pod, PodDisruptionBudget } from '../../../kube/types.ts';
import type { Next, Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { ApiError, forbidden } from '../errors.ts';
import { commitWrite } from '../write/commit.ts';
import { printObject } from '../write/print.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const MAX_DISRUPTED_PODS = 2000;
const TOO_MANY = "Cannot evict pod as it would violate the pod's disruption budget.";

/**
 * Takes one disruption from the budget of the pod, if it has one. Throws 429 when there is none left. Answers the
 * resourceVersion that the pod must still have when the budget was spared because of the pod's state.
 */
export async function spendBudget(call: Call, pod: Pod, dryRun: boolean): Promise<string | undefined> {
  const { resourceVersion } = pod.metadata;
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed' || pod.metadata.deletionTimestamp) return undefined;
  if (phase === 'Pending') return resourceVersion;
  const budgets = budgetsOf(call, pod);
  const [first] = budgets;
  if (!first) return undefined;
  if (budgets.length > 1) {
    throw new ApiError(
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  if (!isReady(pod) && mayEvictUnhealthy(first.budget)) return resourceVersion;
  await commitWrite(call, {
    key: first.key,
    expect: 'present',
    operations: [],
    dryRun,
    propose: (current) => ({ next: ({ revision }) => spendOf(call, pod, current, revision) }),
  });
  return undefined;
}

function spendOf(call: Call, pod: Pod, current: Stored | undefined, revision: number): Next {
  if (!current) return 'unchanged';
  const budget = parseExact(current.text) as PodDisruptionBudget;
  spend(budget, pod.metadata.name ?? '', rfc3339(call.now));
  return { text: printObject(budget as unknown as KubeObject, revision) };
}

function budgetsOf({ server }: Call, { metadata }: Pod): { key: string; budget: PodDisruptionBudget }[] {
  const prefix = keyPrefix(BUDGETS, metadata.namespace ?? '');
  return server.store
    .list({ prefix })
    .items.map(({ key, text }) => ({ key, budget: parseExact(text) as PodDisruptionBudget }))
    .filter(({ budget }) => selectorFromObject(budget.spec?.selector as never).matches(metadata.labels ?? {}));
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

/** An unready pod is not among the healthy that the budget guards. */
function mayEvictUnhealthy({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const desired = status?.desiredHealthy ?? 0;
  return desired > 0 && (status?.currentHealthy ?? 0) >= desired;
}

/** Where the budget is not missing healthy pods, its own condition says what it waits for. */
function refusalMessage(name: string, status: NonNullable<PodDisruptionBudget['status']>): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status;
  const condition = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const said = condition?.status === 'False' && condition.message ? condition : undefined;
  const refused = `The disruption budget ${name} does not allow evicting pods currently`;
  if (said?.reason === 'SyncFailed') return `${refused} because it failed sync: ${said.message}`;
  if (currentHealthy <= desiredHealthy) {
    return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  }
  return said ? `${refused} (${said.reason}): ${said.message}` : refused;
}

/** `checkAndDecrement` */
function spend(budget: PodDisruptionBudget, pod: string, now: string): void {
  const name = budget.metadata.name ?? '';
  const status = (budget.status ?? {}) as NonNullable<PodDisruptionBudget['status']>;
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
    throw tooMany(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed < 0) throw forbidden(BUDGETS, name, 'pdb disruptions allowed is negative');
  const disrupted = (status.disruptedPods ?? {}) as unknown as Record<string, string>;
  if (Object.keys(disrupted).length > MAX_DISRUPTED_PODS) {
    throw forbidden(BUDGETS, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (allowed === 0) {
    throw tooMany(refusalMessage(name, status));
  }
  status.disruptionsAllowed = allowed - 1;
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  if (allowed === 1 && condition?.status === 'True') {
    Object.assign(condition, { status: 'False', reason: 'InsufficientPods', lastTransitionTime: now });
  }
  budget.status = { ...status, disruptedPods: { ...disrupted, [pod]: now } } as unknown as typeof status;
}

function tooMany(why: string, retryAfter?: number): ApiError {
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  if (retryAfter === undefined) return new ApiError('TooManyRequests', TOO_MANY, { details: { causes } });
  return new ApiError('TooManyRequests', TOO_MANY, { details: { causes, retryAfterSeconds: retryAfter }, retryAfter });
}
