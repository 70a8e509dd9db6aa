/** disruption-controller (upstream `pkg/controller/disruption`): the disruptions that each budget allows now. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { LabelSelectorObject } from '../../kube/machinery/selectors/labels.ts';
import { rfc3339, timeOf } from '../../kube/machinery/time.ts';
import type { PodDisruptionBudget } from '../../kube/types.ts';
import { eventAbout } from './common/controller-ref.ts';
import { isPod, type PodProjection, podFacts, podLabels } from './common/pods.ts';
import { disruptionBudgetSelector, printSelector } from './common/selectors.ts';
import { same } from './common/values.ts';
import { expectedOf, type Surroundings } from './disruption/expected.ts';
import { type Controller, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Answer, EventDecision, Inquiry, Question } from './runtime/plan.ts';
import type { RESTMapper } from './runtime/ports.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

type Status = NonNullable<PodDisruptionBudget['status']>;

const BUDGETS = 'poddisruptionbudgets.policy';
/** An eviction that was granted and not followed by a delete counts no longer after this. */
const DELETION_TIMEOUT_MS = 120_000;
const CONDITION = 'DisruptionAllowed';

export function disruptionController(kinds: RESTMapper): Controller {
  return defineController({
    name: 'disruption-controller',
    eventSource: 'controllermanager',
    for: BUDGETS,
    watches: [{ resource: 'pods', map: budgetsOf, events: ofSeveralBudgets }],
    projections: [disruptionBudgetSelector, podFacts, podLabels],
    pace: 200,
    reconcile: (key, view, now) => reconcile(key, { view, kinds }, now),
  });
}

/** Budgets that select the pod now or did before, when something changed that they count. */
function budgetsOf(change: ObjectChange, view: View): Key[] {
  if (!isCounted(change)) return [];
  const { key, before, after } = change;
  const keys: Key[] = [];
  for (const budget of view.projections(BUDGETS, parseKey(key).namespace)) {
    const selects = (pod: Projection | undefined) => pod !== undefined && budget.selector?.matches(pod.labels);
    if (selects(after) || selects(before)) keys.push(budget.key);
  }
  return keys;
}

function isCounted({ before, after }: ObjectChange): boolean {
  return !(isPod(before) && isPod(after) && counted(before) === counted(after) && before.labels === after.labels);
}

/** A pod that more than one budget selects cannot be evicted. */
function ofSeveralBudgets(change: ObjectChange, view: View): EventDecision[] {
  const { after } = change;
  if (!isPod(after) || !isCounted(change)) return [];
  const budgets: string[] = [];
  for (const { name, selector } of view.projections(BUDGETS, after.namespace)) {
    if (selector?.matches(after.labels)) budgets.push(name);
  }
  if (budgets.length < 2) return [];
  const pod = `Pod ${JSON.stringify(after.namespace)}/${JSON.stringify(after.name)}`;
  const message = `${pod} matches multiple PodDisruptionBudgets.  Chose ${JSON.stringify(budgets[0])} arbitrarily.`;
  return [ofPod(after, 'MultiplePodDisruptionBudgets', message)];
}

function ofPod({ namespace, name, uid, revision }: PodProjection, reason: string, message: string): EventDecision {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion: String(revision) };
  return { type: 'Warning', reason, message, regarding };
}

function counted({ pod, deleting, owner }: PodProjection): string {
  return [pod.ready, deleting, owner?.uid].join(' ');
}

function* reconcile(key: Key, surroundings: Surroundings, now: number): Inquiry {
  const { view } = surroundings;
  const { namespace, name } = parseKey(key);
  const budget = view.get<PodDisruptionBudget>(BUDGETS, namespace, name);
  if (!budget) return { actions: [] };
  const selector = view.projection(key)?.selector;
  const pods: PodProjection[] = [];
  for (const pod of view.projections('pods', namespace))
    if (isPod(pod) && selector?.matches(pod.labels)) pods.push(pod);
  const { status, events, recheck } = yield* judge(budget, pods, surroundings, now);
  const isSame = same('io.k8s.api.policy.v1.PodDisruptionBudgetStatus', status, budget.status);
  const object = { ...budget, status } as unknown as KubeObject;
  const update: Action = { do: 'update-status', resource: BUDGETS, object };
  return { actions: [...events, ...(isSame ? [] : [update])], requeueAfter: recheck };
}

interface Verdict {
  status: Status;
  events: Action[];
  /** In ms. */
  recheck?: number;
}

function* judge(
  budget: PodDisruptionBudget,
  pods: readonly PodProjection[],
  surroundings: Surroundings,
  now: number,
): Generator<Question, Verdict, Answer> {
  const eventOf = (type: 'Normal' | 'Warning', reason: string, message: string): Action => ({
    do: 'event',
    event: eventAbout(budget as unknown as KubeObject, type, reason, message),
  });
  try {
    const expected = yield* expectedOf(budget, pods, surroundings);
    const { disrupted, kept, recheck } = recentlyDisrupted(budget, pods, now);
    const currentHealthy = pods.filter(
      ({ pod, deleting, name }) => pod.ready && !deleting && !Object.hasOwn(disrupted, name),
    ).length;
    const spare = currentHealthy - expected.healthy;
    const disruptionsAllowed = expected.pods > 0 ? Math.max(0, spare) : 0;
    const events: Action[] = [];
    if (pods.length === 0) events.push(eventOf('Normal', 'NoPods', 'No matching pods found'));
    if (expected.hasUnmanaged) events.push(eventOf('Warning', 'UnmanagedPods', unmanagedText(budget)));
    for (const pod of kept) events.push({ do: 'event', event: ofPod(pod, 'NotDeleted', notDeletedText(budget)) });
    const status = {
      currentHealthy,
      desiredHealthy: expected.healthy,
      expectedPods: expected.pods,
      disruptionsAllowed,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      observedGeneration: budget.metadata.generation,
      conditions: conditionsOf(budget, disruptionsAllowed > 0, budget.metadata.generation, now),
    };
    return { status: status as unknown as Status, events, recheck };
  } catch (error) {
    // Fail safe: pods that can't be counted may not be disrupted.
    const why = error instanceof Error ? error.message : String(error);
    const text = `Failed to calculate the number of expected pods: ${why}`;
    const conditions = conditionsOf(budget, false, budget.status?.observedGeneration, now, why);
    return {
      status: { ...budget.status, disruptionsAllowed: 0, conditions } as Status,
      events: [eventOf('Warning', 'CalculateExpectedPodCountFailed', text)],
    };
  }
}

/** Pods whose eviction was granted a moment ago and whose deletion is not seen yet; `kept` were not deleted in time. */
function recentlyDisrupted(
  { status }: PodDisruptionBudget,
  pods: readonly PodProjection[],
  now: number,
): { disrupted: Record<string, string>; kept: PodProjection[]; recheck?: number } {
  const granted = (status?.disruptedPods ?? {}) as unknown as Record<string, string>;
  const disrupted: Record<string, string> = {};
  const kept: PodProjection[] = [];
  let recheck: number | undefined;
  for (const pod of pods) {
    const { name, deleting } = pod;
    const at = Object.hasOwn(granted, name) ? granted[name] : undefined;
    if (at === undefined || deleting) continue;
    const left = timeOf(at) + DELETION_TIMEOUT_MS - now;
    if (left < 0) {
      kept.push(pod);
      continue;
    }
    disrupted[name] = at;
    // In the very millisecond of its end it still counts.
    recheck = Math.min(recheck ?? Number.POSITIVE_INFINITY, left + 1);
  }
  return { disrupted, kept, recheck };
}

/** `UpdateDisruptionAllowedCondition` */
function conditionsOf(
  { status }: PodDisruptionBudget,
  allowed: boolean,
  observedGeneration: number | undefined,
  now: number,
  failure?: string,
): unknown[] {
  const before = status?.conditions?.find(({ type }) => type === CONDITION);
  const value = allowed ? 'True' : 'False';
  const condition = {
    type: CONDITION,
    status: value,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: before?.status === value ? before.lastTransitionTime : rfc3339(now),
    reason: failure !== undefined ? 'SyncFailed' : allowed ? 'SufficientPods' : 'InsufficientPods',
    message: failure ?? '',
  };
  return [...(status?.conditions ?? []).filter(({ type }) => type !== CONDITION), condition];
}

function unmanagedText({ spec }: PodDisruptionBudget): string {
  const selector = printSelector(spec?.selector as LabelSelectorObject | undefined);
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the ` +
    'status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these ' +
    'pods please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}

/** Upstream names the namespace twice. */
function notDeletedText({ metadata: { namespace } }: PodDisruptionBudget): string {
  return `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
}
