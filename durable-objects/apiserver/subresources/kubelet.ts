/**
 * A node's own API, as far as the cluster can answer for it (upstream `pkg/kubelet/server`): agents listen only where
 * they are told to, and simulated nodes nowhere. What agents measure is asked of them.
 */
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { KUBELET_PATHS, kubeletPage } from '../../../kube/usage/pages.ts';
import { SIMULATED_SYSTEM, simulatedTimes, simulatedUsage, since } from '../../../kube/usage/simulated.ts';
import { type PodUsage, reportSummary, type Summary, summaryOf } from '../../../kube/usage/summary.ts';
import { type NodeUsage, totalOf } from '../../../kube/usage/usage.ts';
import { isSimulated, isUnreachable } from '../../../wire/nodes.ts';
import type { Call } from '../call.ts';
import { ApiError, notImplemented } from '../errors.ts';
import { objectsUnder } from '../on-demand/resource-metrics.ts';
import type { ApiResponse } from '../request.ts';

/** `path`: beneath `nodes/NAME/proxy`. Throws an ApiError for a page that is not served, or a node that does not answer. */
export async function answerAsKubelet(call: Call, node: Node, path: string): Promise<ApiResponse> {
  const serve = kubeletPage(path);
  if (!serve) {
    throw notImplemented(
      `of a node's own API, ${KUBELET_PATHS.join(', ')} are served, and not ${path}. Name a port to reach a server on the machine: nodes/NAME:PORT/proxy`,
    );
  }
  const { type, body } = await serve({ pods: () => podsOn(call, node), summary: () => summary(call, node) });
  return { type: 'response', status: 200, headers: { 'content-type': type }, body };
}

async function podsOn({ server }: Call, { metadata: { name } }: Node): Promise<Pod[]> {
  const pods: Pod[] = [];
  for await (const pod of objectsUnder<Pod>(server, keyPrefix('pods'))) if (pod.spec?.nodeName === name) pods.push(pod);
  return pods;
}

async function summary(call: Call, node: Node): Promise<Summary> {
  const { name = '' } = node.metadata;
  const pods = (await podsOn(call, node)).filter(({ status }) => status?.phase === 'Running');
  if (isSimulated(node) && !isUnreachable(node)) {
    const times = simulatedTimes(call.now);
    const used = pods.map((pod) => ({ pod, containers: simulatedUsage(pod, times.at) }));
    return summaryOf(name, ofMachine(node, used, times.at), used, times);
  }
  const report = (await call.server.usage?.ask([name]))?.get(name);
  if (!report) {
    throw new ApiError(
      'ServiceUnavailable',
      `error trying to reach service: the agent of node ${name} does not answer`,
    );
  }
  return reportSummary(name, report, pods);
}

/** A simulated node's own use, and that of its pods. */
function ofMachine({ metadata }: Node, pods: readonly PodUsage[], at: number): NodeUsage {
  const system = since(SIMULATED_SYSTEM, Date.parse(metadata.creationTimestamp ?? ''), at);
  const containers = pods.flatMap((pod) => pod.containers);
  const total = containers.reduce((sum, one) => sum + (one.total ?? 0), system.total ?? 0);
  return { ...system, ...totalOf([system, ...containers]), total };
}
