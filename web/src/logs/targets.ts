/** The containers whose logs are shown: of pods that are chosen by name, by a workload or by labels, and come by themselves. */
import type { Selector } from '../../../kube/machinery/selectors/labels.ts';
import type { ContainerStatus, Pod } from '../../../kube/types.ts';
import type { ContainerNow } from './follower.ts';

export interface Target {
  /** Another pod of the same name is another target. */
  key: string;
  namespace: string;
  pod: string;
  uid: string;
  container: string;
}

export interface Choice {
  namespace: string;
  /** One pod, or those that are selected. */
  pod?: string;
  selector?: Selector;
  /** All when left out. */
  container?: string;
}

/** More logs are not followed at once: each is a connection. */
export const MOST_TARGETS = 50;

export function podsOf(pods: Iterable<Pod>, { namespace, pod, selector }: Choice): Pod[] {
  const found: Pod[] = [];
  for (const each of pods) {
    const { metadata } = each;
    if (namespace !== '' && metadata.namespace !== namespace) continue;
    if (pod !== undefined ? metadata.name === pod : selector?.matches(metadata.labels)) found.push(each);
  }
  return found.toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

export function targetsOf(pods: readonly Pod[], container: string | undefined): Target[] {
  return pods.flatMap(({ metadata: { namespace = '', name = '', uid = '' }, spec, status }) => {
    const names = (spec?.containers ?? []).map((each) => each.name);
    // Init containers are shown where one is asked for, or while they are what there is to see.
    const init = (spec?.initContainers ?? []).map((each) => each.name);
    const isStarting = status?.containerStatuses?.some(({ state }) => state?.running || state?.terminated) !== true;
    const shown =
      container !== undefined
        ? [...init, ...names].filter((each) => each === container)
        : isStarting
          ? [...init, ...names]
          : names;
    return shown.map((each) => ({ key: `${uid}/${each}`, namespace, pod: name, uid, container: each }));
  });
}

/** Names of containers of all of the pods, in their order. */
export function containersOf(pods: readonly Pod[]): string[] {
  const names = pods.flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]);
  return [...new Set(names.map(({ name }) => name))];
}

export function containerNow(pod: Pod | undefined, { uid, container }: Target): ContainerNow | undefined {
  if (!pod || pod.metadata.uid !== uid) return undefined;
  const status = statusesOf(pod).find(({ name }) => name === container);
  const { state, containerID = '', restartCount = 0 } = status ?? {};
  const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  const started = state?.running?.startedAt ?? state?.terminated?.startedAt;
  return {
    run: started === undefined ? '' : (state?.terminated?.containerID ?? containerID) || `${restartCount}`,
    ended: state?.terminated !== undefined || (isOver && !state?.running),
    version: JSON.stringify([state, pod.status?.phase, pod.spec?.nodeName]),
  };
}

export function restartsOf(pods: readonly Pod[]): number {
  return pods.flatMap(statusesOf).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function statusesOf({ status }: Pod): ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  return [...initContainerStatuses, ...containerStatuses];
}

/** The prefix of a line: as little as tells the containers apart. */
export function prefixOf(target: Target, all: readonly Target[]): string {
  const pods = new Set(all.map(({ uid }) => uid)).size;
  const containers = new Set(all.map(({ container }) => container)).size;
  if (pods <= 1) return containers <= 1 ? '' : target.container;
  const pod = target.pod;
  return containers <= 1 ? pod : `${pod}/${target.container}`;
}
