/**
 * A node's own API, as far as the cluster can answer for it (upstream `pkg/kubelet/server`): neither agents nor simulated
 * nodes listen anywhere. What agents measure is asked of them.
 */
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { TEXT_TYPE } from '../../../kube/metrics/text.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { SIMULATED_SYSTEM, simulatedTimes, simulatedUsage, since } from '../../../kube/usage/simulated.ts';
import { type PodUsage, resourceMetrics, type Summary, summaryOf } from '../../../kube/usage/summary.ts';
import { type NodeUsage, totalOf } from '../../../kube/usage/usage.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import type { Call } from '../call.ts';
import { ApiError, notImplemented } from '../errors.ts';
import { JSON_TYPE } from '../negotiate/respond.ts';
import { objectsUnder } from '../on-demand/resource-metrics.ts';
import type { ApiResponse } from '../request.ts';

type Page = (call: Call, node: Node) => Promise<ApiResponse> | ApiResponse;

const PAGES: Readonly<Record<string, Page>> = {
  '/healthz': () => page('text/plain; charset=utf-8', 'ok'),
  '/pods': async (call, node) => page(JSON_TYPE, JSON.stringify(podList(await podsOn(call, node)))),
  '/metrics/resource': async (call, node) => page(TEXT_TYPE, resourceMetrics(await summary(call, node))),
  '/stats/summary': async (call, node) => page(JSON_TYPE, JSON.stringify(await summary(call, node), undefined, 1)),
};

/** `path`: beneath `nodes/NAME/proxy`. Throws an ApiError for a page that is not served, or a node that does not answer. */
export async function answerAsKubelet(call: Call, node: Node, path: string): Promise<ApiResponse> {
  const serve = Object.hasOwn(PAGES, path.replace(/\/$/, '')) ? PAGES[path.replace(/\/$/, '')] : undefined;
  if (!serve) {
    throw notImplemented(
      `of a node's own API, ${Object.keys(PAGES).join(', ')} are served, and not ${path}: islet's agents listen nowhere. Name a port to reach a server on the machine: nodes/NAME:PORT/proxy`,
    );
  }
  return serve(call, node);
}

function page(type: string, body: string): ApiResponse {
  return { type: 'response', status: 200, headers: { 'content-type': type }, body };
}

function podList(pods: readonly Pod[]): object {
  const items = pods.map(({ apiVersion: _, kind: __, ...pod }) => pod);
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
}

async function podsOn({ server }: Call, { metadata: { name } }: Node): Promise<Pod[]> {
  const pods: Pod[] = [];
  for await (const pod of objectsUnder<Pod>(server, keyPrefix('pods'))) if (pod.spec?.nodeName === name) pods.push(pod);
  return pods;
}

async function summary(call: Call, node: Node): Promise<Summary> {
  const { name = '' } = node.metadata;
  const pods = (await podsOn(call, node)).filter(({ status }) => status?.phase === 'Running');
  if (isSimulated(node)) {
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
  const used = pods.flatMap((pod): PodUsage[] => {
    const containers = report.pods.get(pod.metadata.uid ?? '');
    return containers ? [{ pod, containers }] : [];
  });
  return summaryOf(name, report.node, used, report);
}

/** A simulated node's own use, and that of its pods. */
function ofMachine({ metadata }: Node, pods: readonly PodUsage[], at: number): NodeUsage {
  const system = since(SIMULATED_SYSTEM, Date.parse(metadata.creationTimestamp ?? ''), at);
  const containers = pods.flatMap((pod) => pod.containers);
  const total = containers.reduce((sum, one) => sum + (one.total ?? 0), system.total ?? 0);
  return { ...system, ...totalOf([system, ...containers]), total };
}
