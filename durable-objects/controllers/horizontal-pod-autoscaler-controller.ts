/**
 * horizontal-pod-autoscaler-controller (upstream `pkg/controller/podautoscaler/horizontal.go`): the replicas of what is
 * scaled follow its metrics. Upstream looks each quarter of a minute; this one when something changes that may matter, and
 * on a timer while time itself does: windows and rates that pass, pods that begin, metrics that nothing announces. Agents
 * of real nodes tell of what their pods use, where it changes (docs/decisions).
 */
import { sameJson } from '../../kube/machinery/equality.ts';
import { type GroupResource, type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import { type LabelSelectorObject, type Selector, selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import type { HorizontalPodAutoscaler, Pod } from '../../kube/types.ts';
import { SIMULATED_CPU, SIMULATED_MEMORY } from '../../kube/usage/simulated.ts';
import { podFacts, podLabels, podsByNode } from './common/pods.ts';
import {
  deploymentSelector,
  replicaSetSelector,
  replicationControllerSelector,
  statefulSetSelector,
} from './common/selectors.ts';
import { announced } from './podautoscaler/announced.ts';
import { autoscale } from './podautoscaler/autoscale.ts';
import { autoscalerGauges } from './podautoscaler/gauges.ts';
import { readHistory } from './podautoscaler/history.ts';
import { PERIOD_MS } from './podautoscaler/timing.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Inquiry, Plan } from './runtime/plan.ts';
import { defineIndex, defineProjection, type Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

/** A pod's controller, that one's, and so on: more than any workload has. */
const MAX_OWNERS = 5;
const HPAS = 'horizontalpodautoscalers.autoscaling';
/** The targets whose changes the view follows. Targets of other kinds are looked at each quarter of a minute. */
const TARGETS: Readonly<Record<GroupResource, string>> = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  replicationcontrollers: 'ReplicationController',
};

const SELECTORS = [deploymentSelector, replicaSetSelector, statefulSetSelector, replicationControllerSelector];

/** `Kind/name` of what is scaled. */
const targetOf = defineProjection<string>({
  field: 'target',
  resource: HPAS,
  compute(object, intern) {
    const { kind, name } = (object as unknown as HorizontalPodAutoscaler).spec?.scaleTargetRef ?? {};
    return intern.text(`${kind}/${name}`);
  },
});

/** The key of what is scaled, where that is of {@link TARGETS}. */
const targetKey = defineProjection<Key>({
  field: 'targetKey',
  resource: HPAS,
  compute(object) {
    const {
      kind = '',
      name = '',
      apiVersion = '',
    } = (object as unknown as HorizontalPodAutoscaler).spec?.scaleTargetRef ?? {};
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    const found = Object.entries(TARGETS).find(([resource, each]) => each === kind && groupOf(resource) === group);
    return found && keyOf(found[0], object.metadata.namespace ?? '', name);
  },
});

function groupOf(resource: GroupResource): string {
  return resource.split('.').slice(1).join('.');
}

const byTarget = defineIndex({
  name: 'HPAs by target',
  resource: HPAS,
  values: (hpa) => [`${hpa.namespace}/${targetOf.of(hpa)}`],
});

/** A pod's usage as annotations say it, and its requests, which may change while it runs. */
const saidUsage = defineProjection<string>({
  field: 'saidUsage',
  resource: 'pods',
  compute({ metadata: { annotations }, spec }, intern) {
    const { containers = [], initContainers = [], resources } = (spec as Pod['spec'] | undefined) ?? { containers: [] };
    const requests = [{ resources }, ...containers, ...initContainers].map((each) => each.resources?.requests);
    return intern.text(JSON.stringify([annotations?.[SIMULATED_CPU], annotations?.[SIMULATED_MEMORY], requests]));
  },
});

const NAME = 'horizontal-pod-autoscaler-controller';

export const horizontalPodAutoscalerController = defineController({
  name: NAME,
  eventSource: 'horizontal-pod-autoscaler',
  actsAs: 'horizontal-pod-autoscaler',
  for: HPAS,
  // A status that a look has written is no reason for another.
  filter: ({ cause }) => cause.kind !== 'controller' || cause.name !== NAME,
  projections: [targetOf, targetKey, podFacts, podLabels, saidUsage, ...SELECTORS],
  indexes: [byTarget, podsByNode],
  watches: [
    { resource: 'pods', map: onPod },
    ...Object.entries(TARGETS).map(([resource, kind]) => ({
      resource,
      map: ({ key }: ObjectChange, view: View): Key[] =>
        hpasOf(view, parseKey(key).namespace, kind, parseKey(key).name),
    })),
  ],
  connected: onConnected,
  pace: 1000,
  retries: { first: PERIOD_MS, longest: PERIOD_MS },
  gauges: autoscalerGauges,
  reconcile,
});

function hpasOf(view: View, namespace: string, kind: string, name: string): Key[] {
  return [...view.index(byTarget, `${namespace}/${kind}/${name}`)].map(({ key }) => key);
}

/** Those of the node's pods. */
function onConnected(node: string, view: View): Key[] {
  return [...view.index(podsByNode, node)].flatMap((pod) => hpasOfPod(pod, pod, view));
}

/** The autoscalers of a pod's controller, and of that one's; and those of what selects the pod, whatever controls it. */
function onPod({ before, after }: ObjectChange, view: View): Key[] {
  // Pods change far more often than anything else, and most namespaces have no autoscaler.
  if (![...view.projections(HPAS, (after ?? before)?.namespace ?? '')].length) return [];
  if (before && after && factsOf(before) === factsOf(after) && sameJson(before.labels, after.labels)) return [];
  return hpasOfPod(before, after, view);
}

function hpasOfPod(before: Projection | undefined, after: Projection | undefined, view: View): Key[] {
  let at: Projection | undefined = after ?? before;
  const all = [...view.projections(HPAS, at?.namespace ?? '')];
  const keys: Key[] = [];
  // Owners may own one another.
  for (let height = 0; at?.owner && height < MAX_OWNERS; height++) {
    keys.push(...hpasOf(view, at.namespace, at.owner.kind, at.owner.name));
    at = view.owner(at.owner, at.namespace);
  }
  for (const hpa of all) {
    const target = targetKey.of(hpa);
    const selector = target === undefined ? undefined : view.projection(target)?.selector;
    if (selector && [before, after].some((each) => each && selector.matches(each.labels))) keys.push(hpa.key);
  }
  return keys;
}

function factsOf(pod: Projection): string {
  const { phase = '', ready = false } = podFacts.of(pod) ?? {};
  return `${phase} ${ready} ${pod.deleting} ${saidUsage.of(pod) ?? ''}`;
}

function reconcile(key: Key, view: View, now: number, memo?: string): Plan | Inquiry {
  const { namespace, name } = parseKey(key);
  const hpa = view.get<HorizontalPodAutoscaler>(HPAS, namespace, name);
  if (!hpa) return { actions: [] };
  const history = readHistory(memo, now);
  const tooSoon = (history.evaluated ?? Number.NEGATIVE_INFINITY) + PERIOD_MS - now;
  if (tooSoon > 0) return { actions: [], requeueAfter: tooSoon, memo };
  const isFollowed = (target: GroupResource): boolean => Object.hasOwn(TARGETS, target);
  return autoscale(hpa, {
    view,
    now,
    history,
    rivals: (pods) => rivalsOf(hpa, view, pods),
    isFollowed,
    *isAnnounced(target, pods) {
      return isFollowed(target) && (yield* announced(key, hpa, pods, { view, now }));
    },
  });
}

/** All autoscalers that have one of the pods under the selector of their target, where there is another than this one. */
function rivalsOf(hpa: HorizontalPodAutoscaler, view: View, pods: readonly Pod[]): string[] {
  const { namespace = '', name: own = '' } = hpa.metadata;
  const others: string[] = [];
  for (const other of view.projections(HPAS, namespace)) {
    if (other.name === own) continue;
    const selector = selectorOf(other, view);
    if (selector && pods.some(({ metadata }) => selector.matches(metadata.labels))) others.push(other.name);
  }
  return others.length > 0 ? [own, ...others].sort() : [];
}

/** The selector of what another autoscaler scales: there may be hundreds, so that those in memory are taken from there. */
function selectorOf(hpa: Projection, view: View): Selector | undefined {
  const followed = targetKey.of(hpa);
  if (followed !== undefined) return view.projection(followed)?.selector;
  const object = view.get<HorizontalPodAutoscaler>(HPAS, hpa.namespace, hpa.name);
  const { kind = '', name = '', apiVersion = '' } = object?.spec?.scaleTargetRef ?? {};
  const resource = view.resourceOf({ apiVersion, kind, name, uid: '' });
  const target = resource === undefined ? undefined : view.get(resource, hpa.namespace, name);
  const selector = (target?.spec as { selector?: LabelSelectorObject } | undefined)?.selector;
  return selector && selectorFromObject(selector);
}
