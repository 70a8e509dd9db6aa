/** The kubelet of a simulated node, as far as its Node object goes: its labels, its status, and events about it. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Node } from '../../../kube/types.ts';
import { simulatedIndex } from '../../../wire/nodes.ts';
import type { Clock, Random, ReadPort, RequestPort } from '../../controllers/runtime/ports.ts';
import { ofNode } from './event.ts';
import { missingLabels } from './node-object.ts';
import { changedStatus, conditionEvents, type Surroundings, statusPatch } from './node-status.ts';
import { kubeletOf, recordEvents } from './reports.ts';

export interface NodeReportPorts {
  read: Pick<ReadPort, 'get'>;
  request: RequestPort['request'];
  clock: Clock;
  random: Random;
}

export const NODES_USER = {
  user: 'system:serviceaccount:kube-system:simulated-nodes',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

export function surroundingsOf({ clock, random }: NodeReportPorts): Surroundings {
  return { now: clock.now(), uuid: () => random.uuid() };
}

/** Whether its labels or its status are not as its kubelet has them. */
export function isStale(node: Node, index: number, ports: NodeReportPorts): boolean {
  return missingLabels(node) !== undefined || changedStatus(node, index, surroundingsOf(ports)) !== undefined;
}

/** Writes what is not as the kubelet has it, and the events of what has changed. */
export async function postNode(ports: NodeReportPorts, name: string, by: (saw: number) => Cause): Promise<boolean> {
  const stored = ports.read.get(keyOf('nodes', '', name));
  const index = simulatedIndex(name);
  if (!stored || index === undefined) return true;
  const node = JSON.parse(stored.text) as Node;
  const { uid } = node.metadata;
  const common = { ...NODES_USER, method: 'PATCH', cause: by(stored.revision) } as const;
  const path = `/api/v1/nodes/${name}`;
  const labels = missingLabels(node);
  if (labels) {
    const contentType = 'application/merge-patch+json';
    const answer = await ports.request({ ...common, path, contentType, body: { metadata: { uid, labels } } });
    if (!answer.ok) return false;
  }
  const status = changedStatus(node, index, surroundingsOf(ports));
  if (!status) return true;
  const contentType = 'application/strategic-merge-patch+json';
  const body = { metadata: { uid }, status: statusPatch(node, status) };
  const { ok } = await ports.request({ ...common, path: `${path}/status`, contentType, body });
  if (ok) recordNodeEvents(ports, name, conditionEvents(node, status), { cause: common.cause });
  return ok;
}

/** Records the events in the background. */
export function recordNodeEvents(
  ports: NodeReportPorts,
  name: string,
  events: readonly PodEvent[],
  { cause, once }: { cause: Cause; once?: boolean },
): void {
  void recordEvents(ports, ofNode(name), events, { node: name, as: kubeletOf(name, cause), once });
}
