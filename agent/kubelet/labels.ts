/**
 * Labels by which the agent finds its pods in the runtime after a restart: kubelet's own (`kubelettypes/labels.go`),
 * and the cluster and node that they belong to. Another kubelet, or the agent of another cluster, may use the same
 * runtime.
 */
import { createHash } from 'node:crypto';
import type { Container, Pod } from '../../kube/types.ts';

const POD_NAME = 'io.kubernetes.pod.name';
const POD_NAMESPACE = 'io.kubernetes.pod.namespace';
export const POD_UID = 'io.kubernetes.pod.uid';
export const CONTAINER_NAME = 'io.kubernetes.container.name';
export const HASH = 'io.kubernetes.container.hash';
export const RESTART_COUNT = 'io.kubernetes.container.restartCount';
export const TERMINATION_PATH = 'io.kubernetes.container.terminationMessagePath';
export const TERMINATION_POLICY = 'io.kubernetes.container.terminationMessagePolicy';

const CLUSTER = 'islet.dev/cluster';
const NODE = 'islet.dev/node';

/** The cluster and the node that an agent acts for. */
export interface Owner {
  cluster: string;
  node: string;
  /** For these the agent acted before, with the same state: what is left of their pods is its own to end. */
  former?: readonly Owner[];
}

export function isOwn(labels: Readonly<Record<string, string>>, owner: Owner): boolean {
  return [owner, ...(owner.former ?? [])].some(
    ({ cluster, node }) => labels[CLUSTER] === cluster && labels[NODE] === node,
  );
}

/** Whether the labels are those of an earlier membership. */
export function isFormer(labels: Readonly<Record<string, string>>, owner: Owner): boolean {
  return isOwn(labels, owner) && !isOwn(labels, { ...owner, former: [] });
}

export function podLabels(pod: Pod, { cluster, node }: Owner): Record<string, string> {
  return {
    ...pod.metadata.labels,
    [CLUSTER]: cluster,
    [NODE]: node,
    [POD_NAME]: pod.metadata.name ?? '',
    [POD_NAMESPACE]: pod.metadata.namespace ?? '',
    [POD_UID]: pod.metadata.uid ?? '',
  };
}

/** Changes when the container must be made anew: only its image can change in a pod. */
export function containerHash(container: Container): string {
  return createHash('sha256').update(`${container.name}\n${container.image}`).digest('hex').slice(0, 8);
}
