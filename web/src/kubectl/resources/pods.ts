/** Pods of a name, a workload or a selector, and the containers in them. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { formatSelector, selectorFromMap, selectorFromObject } from '../../../../kube/machinery/selectors/labels.ts';
import type { Container, Pod } from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import type { Info } from './info.ts';

export interface NamedContainer {
  name: string;
  field: 'containers' | 'initContainers' | 'ephemeralContainers';
}

export function containersOf(pod: Pod): NamedContainer[] {
  const named = (field: NamedContainer['field']): NamedContainer[] =>
    ((pod.spec?.[field] ?? []) as Container[]).map(({ name }) => ({ name, field }));
  return [...named('initContainers'), ...named('containers'), ...named('ephemeralContainers')];
}

/** `web, side, setup (init)` */
export function containerList(pod: Pod): string {
  const word = { containers: '', initContainers: ' (init)', ephemeralContainers: ' (ephem)' };
  const all = containersOf(pod);
  const order: NamedContainer['field'][] = ['containers', 'ephemeralContainers', 'initContainers'];
  return order
    .flatMap((field) => all.filter((each) => each.field === field))
    .map(({ name, field }) => `${name}${word[field]}`)
    .join(', ');
}

export const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** The container that is meant where none is named. `quiet`: nothing is said about the choice. */
export function chooseContainer(context: Context, pod: Pod, quiet = false): string {
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER];
  if (annotated) {
    if (containersOf(pod).some(({ name }) => name === annotated)) return annotated;
    context.err(`Default container name ${JSON.stringify(annotated)} not found in pod ${pod.metadata.name}\n`);
  }
  const first = pod.spec?.containers[0]?.name ?? '';
  if (containersOf(pod).length > 1 && !quiet) {
    context.err(`Defaulted container ${JSON.stringify(first)} out of: ${containerList(pod)}\n`);
  }
  return first;
}

/** The label selector of what has pods. */
export function podSelector(object: KubeObject): string {
  const spec = (object.spec ?? {}) as { selector?: Record<string, unknown> };
  if (object.kind === 'Service' || object.kind === 'ReplicationController') {
    if (!spec.selector || Object.keys(spec.selector).length === 0) {
      throw new CommandError(`invalid service '${object.metadata.name}': Service is defined without a selector`);
    }
    return formatSelector(selectorFromMap(spec.selector as Record<string, string>));
  }
  if (!spec.selector) throw new CommandError(`selector for ${object.kind} not implemented`);
  return formatSelector(selectorFromObject(spec.selector));
}

export async function podsOf(context: Context, { object, namespace }: Info): Promise<Pod[]> {
  const selector = podSelector(object as KubeObject);
  const list = await context.client.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`, {
    labelSelector: selector,
  });
  return list.items;
}

/** The first of a workload's pods; waits for one to be there. Milliseconds. */
export async function firstPod(context: Context, info: Info, timeout: number, order: (a: Pod, b: Pod) => number) {
  if ((info.object as KubeObject).kind === 'Pod') return { pod: info.object as unknown as Pod, count: 1 };
  const deadline = context.now + timeout;
  for (;;) {
    const pods = await podsOf(context, info);
    pods.sort(order);
    if (pods[0]) return { pod: pods[0], count: pods.length };
    if (context.now >= deadline || context.io.signal.aborted)
      throw new CommandError('timed out waiting for the condition');
    await context.sleep(500);
  }
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
const PHASES = ['Running', 'Unknown', 'Pending'];

/** The order of pods to talk to: on a node, running, ready, longest so, fewest restarts, oldest. */
export function activeFirst(a: Pod, b: Pod): number {
  const rank = (pod: Pod): (number | string)[] => [
    pod.spec?.nodeName ? 0 : 1,
    PHASES.indexOf(pod.status?.phase ?? '') < 0 ? 9 : PHASES.indexOf(pod.status?.phase ?? ''),
    isReady(pod) ? 0 : 1,
    pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '',
    Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)),
    pod.metadata.creationTimestamp ?? '',
  ];
  const [left, right] = [rank(a), rank(b)];
  for (let i = 0; i < left.length; i++) {
    const [x, y] = [left[i] as number | string, right[i] as number | string];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
