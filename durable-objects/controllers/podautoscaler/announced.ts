/**
 * Whether changes of what pods use arrive as such: of simulated nodes annotations say it, and agents of real ones are asked
 * to tell. What other API servers measure nothing announces.
 */
import type { Key } from '../../../kube/machinery/resource.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { APIService, HorizontalPodAutoscaler, Node, Pod } from '../../../kube/types.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { FollowedResource } from '../../../wire/usage.ts';
import type { Answer, Question } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import type { Spec } from './limits.ts';

/** A pod's usage may be a mean over so long a time, in which it was not ready yet (`agent/kubelet/usage.ts`), and a turn. */
const SETTLED_MS = 75_000;

interface Moment {
  view: View;
  now: number;
}

export function* announced(
  key: Key,
  { spec }: HorizontalPodAutoscaler,
  pods: readonly Pod[],
  { view, now }: Moment,
): Generator<Question, boolean, Answer> {
  const resources = measuredBy(spec?.metrics);
  const nodes = resources && !isMeasuredElsewhere(view) && realNodes(pods, view);
  if (!resources || !nodes) return false;
  const real = Object.values(nodes).flat();
  if (real.length === 0) return true;
  const answer = yield {
    follow: {
      key,
      resources,
      nodes: Object.fromEntries(Object.entries(nodes).map(([node, of]) => [node, of.map(uidOf)])),
    },
  };
  return answer.ok && answer.object === true && real.every((pod) => isSettled(pod, now));
}

/** A metrics-server of one's own scrapes at its own times: a look that a change brings would see what was before it. */
function isMeasuredElsewhere(view: View): boolean {
  const service = view.get<APIService>('apiservices.apiregistration.k8s.io', '', 'v1beta1.metrics.k8s.io');
  return service?.spec?.service !== undefined && service.spec.service !== null;
}

/** Undefined where one of them comes from another API server, or is of a resource that agents do not measure. */
function measuredBy(metrics: Spec['metrics'] = []): FollowedResource[] | undefined {
  const names = metrics.map(({ resource, containerResource }) => (resource ?? containerResource)?.name);
  const known = names.filter((name) => name === 'cpu' || name === 'memory');
  return known.length === names.length ? [...new Set(known)] : undefined;
}

/** The pods that run on nodes with an agent, by these; undefined where one of the nodes is not there. */
function realNodes(pods: readonly Pod[], view: View): Record<string, Pod[]> | undefined {
  const nodes = new Map<string, Node | undefined>();
  const real: Record<string, Pod[]> = {};
  for (const pod of pods) {
    const { nodeName: name } = pod.spec ?? {};
    if (!name || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    if (!nodes.has(name)) nodes.set(name, view.get<Node>('nodes', '', name));
    const node = nodes.get(name);
    if (!node) return undefined;
    if (isSimulated(node)) continue;
    real[name] = [...(real[name] ?? []), pod];
  }
  return real;
}

function uidOf({ metadata }: Pod): string {
  return metadata.uid ?? '';
}

function isSettled({ status }: Pod, now: number): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status !== 'True' || now - timeOf(ready.lastTransitionTime) >= SETTLED_MS;
}
