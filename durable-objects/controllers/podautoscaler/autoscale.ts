/** One look at an autoscaler (`podautoscaler/horizontal.go`, reconcileAutoscaler). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource } from '../../../kube/machinery/resource.ts';
import { parseLabelSelector, type Selector, SelectorError } from '../../../kube/machinery/selectors/labels.ts';
import type { HorizontalPodAutoscaler, Pod } from '../../../kube/types.ts';
import type { Action, Answer, Inquiry, Plan, Question } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import {
  attempted,
  broken,
  type History,
  nextExpiry,
  printHistory,
  recommended,
  rescalesEnd,
  standing,
} from './history.ts';
import { limit, periodOf, type Spec, tolerancesOf, windowOf } from './limits.ts';
import { type Outcome, propose } from './metrics.ts';
import { Progress } from './status.ts';
import { backOff, momentsOf, PERIOD_MS } from './timing.ts';

type Asking<T> = Generator<Question, T, Answer>;

export interface Surroundings {
  view: View;
  now: number;
  history: History;
  /** Other autoscalers that have one of these pods under their selector, by their names. */
  rivals(pods: readonly Pod[]): readonly string[];
  /** Whether changes of what is scaled arrive as such. */
  isFollowed(target: GroupResource): boolean;
  /** Whether those of what its pods use do, too; asks their nodes to tell of them. */
  isAnnounced(target: GroupResource, pods: readonly Pod[]): Asking<boolean>;
}

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}

/** The outcome of a look. */
interface Verdict {
  actions: Action[];
  history: History;
  /** Milliseconds until time alone may change the outcome; absent where only a change can. */
  wait?: number;
}

export function* autoscale(hpa: HorizontalPodAutoscaler, surroundings: Surroundings): Inquiry {
  const { now } = surroundings;
  const spec = hpa.spec ?? ({} as Spec);
  const { actions, history, wait } = yield* look(hpa, spec, surroundings);
  if (wait === undefined) return { actions };
  const memo = printHistory({ ...history, evaluated: now }, now, windowOf(spec), periodOf(spec));
  return { actions, requeueAfter: Math.max(PERIOD_MS, wait), memo } satisfies Plan;
}

function* look(hpa: HorizontalPodAutoscaler, spec: Spec, surroundings: Surroundings): Asking<Verdict> {
  const { now, view } = surroundings;
  const progress = new Progress(hpa, now);
  const found = yield* scaleOf(view, hpa.metadata.namespace ?? '', spec.scaleTargetRef);
  if ('problem' in found) {
    progress.warn('FailedGetScale', found.problem);
    const message = `the HPA controller was unable to get the target's current scale: ${found.problem}`;
    progress.condition('AbleToScale', 'False', 'FailedGetScale', message);
    const isFollowed = found.resource !== undefined && surroundings.isFollowed(found.resource);
    const wait = isFollowed ? backOff(progress.since('AbleToScale'), now) : PERIOD_MS;
    return waiting(progress, surroundings.history, wait);
  }
  const { scale, resource } = found;
  progress.condition(
    'AbleToScale',
    'True',
    'SucceededGetScale',
    "the HPA controller was able to get the target's current scale",
  );
  const current = scale.spec?.replicas ?? 0;
  const history = standing(surroundings.history, current, now);
  const { maxReplicas: max } = spec;
  const min = spec.minReplicas ?? 1;
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    progress.condition('ScalingActive', 'False', 'ScalingDisabled', message);
    progress.counts({ current, desired: 0, metrics: null, rescaled: false });
    const actions = [...progress.events, ...progress.update];
    return { actions, history, ...(surroundings.isFollowed(resource) ? {} : { wait: PERIOD_MS }) };
  }
  const to = (desired: number, reason: string): Verdict =>
    rescale(progress, { scale, resource, current, desired, reason, metrics: null, spec, history, now });
  if (current > max) return to(max, 'Current number of replicas above Spec.MaxReplicas');
  if (current < min) return to(min, 'Current number of replicas below Spec.MinReplicas');

  const measured = yield* measure(progress, hpa, spec, scale, surroundings);
  if (!measured.ok) {
    const { metrics, problem, pods } = measured;
    const desired = hpa.status?.desiredReplicas ?? 0;
    progress.counts({ current, desired, metrics, rescaled: false });
    progress.warn('FailedComputeMetricsReplicas', problem);
    const isAnnounced = pods !== undefined && (yield* surroundings.isAnnounced(resource, pods));
    const moments = isAnnounced ? momentsOf(pods, now).map((moment) => moment - now) : [];
    const wait = isAnnounced ? backOff(progress.since('ScalingActive'), now) : PERIOD_MS;
    return waiting(progress, history, Math.min(wait, ...moments));
  }
  const { wanted, name, metrics, pods, isPartial } = measured;
  const limited = limit(spec, { current, wanted, min, max, history, now });
  progress.condition('AbleToScale', 'True', limited.able.reason, limited.able.message);
  progress.condition('ScalingLimited', limited.limited.status, limited.limited.reason, limited.limited.message);
  const next = recommended(history, wanted, now);
  const { replicas: desired } = limited;
  if (desired !== current) {
    // A metric's proposal below the present size is a reason of its own, whichever way the limits turn it.
    const reason = wanted > current ? `${name} above target` : wanted < current ? 'All metrics below target' : '';
    return rescale(progress, { scale, resource, current, desired, reason, metrics, spec, history: next, now });
  }
  progress.counts({ current, desired, metrics, rescaled: false });
  const isAnnounced = !isPartial && (yield* surroundings.isAnnounced(resource, pods));
  const expiry = limited.isPassing
    ? nextExpiry(next, windowOf(spec), periodOf(spec), now)
    : rescalesEnd(next, periodOf(spec), now);
  const moments = [...momentsOf(pods, now), expiry, isAnnounced ? undefined : now + PERIOD_MS];
  const wait = Math.min(...moments.filter((moment) => moment !== undefined)) - now;
  return {
    actions: [...progress.events, ...progress.update],
    history: next,
    ...(Number.isFinite(wait) ? { wait } : {}),
  };
}

function waiting(progress: Progress, history: History, wait: number): Verdict {
  return { actions: [...progress.events, ...progress.update], history: broken(history), wait };
}

interface Rescale {
  scale: Scale;
  resource: GroupResource;
  current: number;
  desired: number;
  reason: string;
  metrics: readonly object[] | null;
  spec: Spec;
  history: History;
  now: number;
}

function rescale(progress: Progress, rescale: Rescale): Verdict {
  const { scale, resource, current, desired, reason, metrics, spec, history, now } = rescale;
  const { resourceVersion: _, ...metadata } = scale.metadata;
  const size = `New size: ${desired}; reason: ${reason}`;
  const failed = new Progress(progress.object as unknown as HorizontalPodAutoscaler, now);
  failed.counts({ current, desired: progress.desired, metrics, rescaled: false });
  const update: Action = {
    do: 'update',
    resource,
    subresource: 'scale',
    object: { ...scale, metadata, spec: { replicas: desired } },
    onDone: { event: progress.about('Normal', 'SuccessfulRescale', size) },
    onRefused: {
      event: progress.about('Warning', 'FailedRescale', `${size}; error: `),
      condition: {
        resource: 'horizontalpodautoscalers.autoscaling',
        object: failed.object,
        condition: {
          type: 'AbleToScale',
          status: 'False',
          reason: 'FailedUpdateScale',
          message: 'the HPA controller was unable to update the target scale: ',
        },
      },
    },
  };
  const message = `the HPA controller was able to update the target scale to ${desired}`;
  progress.condition('AbleToScale', 'True', 'SucceededRescale', message);
  progress.counts({ current, desired, metrics, rescaled: true });
  return {
    actions: [...progress.events, update, ...progress.update],
    history: spec.behavior ? attempted(history, current, desired, now) : history,
    wait: PERIOD_MS,
  };
}

type Found = { scale: Scale; resource: GroupResource } | { problem: string; resource?: GroupResource };

function* scaleOf(view: View, namespace: string, target: Spec['scaleTargetRef']): Asking<Found> {
  const { apiVersion = '', kind, name } = target;
  const resource = view.resourceOf({ apiVersion, kind, name, uid: '' });
  if (resource === undefined) {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    return { problem: `no matches for kind "${kind}" in group "${group}"` };
  }
  const answer = yield { resource, namespace, name, subresource: 'scale' };
  if (!answer.ok) return { problem: answer.status.message ?? 'unknown error', resource };
  return { scale: answer.object as Scale, resource };
}

type Measured =
  | { ok: true; wanted: number; name: string; metrics: object[]; pods: readonly Pod[]; isPartial: boolean }
  | { ok: false; metrics: object[] | null; problem: string; pods?: readonly Pod[] };

/** The largest proposal of all metrics (`computeReplicasForMetrics`). */
function* measure(
  progress: Progress,
  hpa: HorizontalPodAutoscaler,
  spec: Spec,
  scale: Scale,
  surroundings: Surroundings,
): Asking<Measured> {
  const namespace = hpa.metadata.namespace ?? '';
  const { selector = '', replicas: statusReplicas = 0 } = scale.status ?? {};
  const pods = yield* podsOf(progress, namespace, selector, surroundings);
  if ('problem' in pods) return { ok: false, metrics: null, problem: pods.problem };
  const { view, now } = surroundings;
  const replicas = scale.spec?.replicas ?? 0;
  const resourceOf = (apiVersion: string, kind: string) => view.resourceOf({ apiVersion, kind, name: '', uid: '' });
  const context = {
    ...pods,
    replicas,
    statusReplicas,
    namespace,
    selector,
    now,
    tolerances: tolerancesOf(spec),
    resourceOf,
  };
  const outcomes: Outcome[] = [];
  for (const metric of spec.metrics ?? []) outcomes.push(yield* propose(context, metric));
  const failures = outcomes.filter((outcome) => !outcome.ok);
  for (const { reason, message } of failures) progress.warn(reason, message);
  let best: Extract<Outcome, { ok: true }> | undefined;
  for (const outcome of outcomes) {
    if (outcome.ok && (!best || best.replicas === 0 || outcome.replicas > best.replicas)) best = outcome;
  }
  const metrics = outcomes.map((outcome) => (outcome.ok ? outcome.status : { type: '' }));
  const [failure] = failures;
  // Where some metrics are missing, the others may only make it grow.
  if (!best || (failure && best.replicas < replicas)) {
    const { reason = '', message = '', outer = '' } = failure ?? {};
    progress.condition('ScalingActive', 'False', reason, `the HPA was unable to compute the replica count: ${message}`);
    const count = `${failures.length} invalid out of ${outcomes.length}`;
    return { ok: false, metrics, pods: pods.pods, problem: `invalid metrics (${count}), first error is: ${outer}` };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
  progress.condition('ScalingActive', 'True', 'ValidMetricFound', message);
  const { replicas: wanted, name } = best;
  return { ok: true, wanted, name, metrics, pods: pods.pods, isPartial: failure !== undefined };
}

/** The pods under the selector, which no other autoscaler may have under its own (`validateAndParseSelector`). */
function* podsOf(
  progress: Progress,
  namespace: string,
  selector: string,
  { rivals, view }: Surroundings,
): Asking<{ pods: Pod[] } | { problem: string }> {
  const refused = (reason: string, problem: string, message = problem) => {
    progress.warn(reason, problem);
    progress.condition('ScalingActive', 'False', reason === 'AmbiguousSelector' ? reason : 'InvalidSelector', message);
    return { problem };
  };
  if (selector === '') {
    return refused('SelectorRequired', 'selector is required', "the HPA target's scale is missing a selector");
  }
  let parsed: Selector;
  try {
    parsed = parseLabelSelector(selector);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    const about = "couldn't convert selector into a corresponding internal selector object";
    return refused('InvalidSelector', `${about}: ${error.message}`);
  }
  // There may be thousands: a list of the API's would be printed and parsed once more.
  const pods = [...view.projections('pods', namespace)]
    .filter(({ labels }) => parsed.matches(labels))
    .flatMap(({ name }) => view.get<Pod>('pods', namespace, name) ?? []);
  const others = rivals(pods);
  if (others.length === 0) return { pods };
  const names = others.map((name) => `{${name} ${namespace}}`).join(' ');
  return refused('AmbiguousSelector', `pods by selector ${selector} are controlled by multiple HPAs: [${names}]`);
}
