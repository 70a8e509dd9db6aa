/**
 * metrics.k8s.io, in metrics-server's place: what agents of nodes measure when they are asked, and of simulated nodes
 * what the annotations of their pods say.
 */
import { type Key, keyOf, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { SIMULATED_SYSTEM, simulatedTimes, simulatedUsage } from '../../../kube/usage/simulated.ts';
import { type NodeReport, nodeMetricsOf, podMetricsOf, totalOf, type Usage } from '../../../kube/usage/usage.ts';
import { isPresentText, isSimulated, isUnreachable } from '../../../wire/nodes.ts';
import type { Minutes, UsageFollow } from '../../../wire/usage.ts';
import type { Stored } from '../../store/store.ts';
import type { Call } from '../call.ts';
import { notFound } from '../errors.ts';
import { compileFilter } from '../negotiate/match.ts';
import type { Server } from '../server.ts';

export interface UsagePort {
  /** The measurements of these nodes, of now or a moment ago; nodes that do not answer are left out. */
  ask(nodes: Iterable<string>): Promise<ReadonlyMap<string, NodeReport>>;
  /** Has nodes tell of changes; false where one of them cannot be told. None can when left out. */
  follow?(asked: UsageFollow): boolean;
  /** What nodes, or pods of theirs by uid, used in the last hour together. */
  recall?(asked: ReadonlyMap<string, readonly string[] | undefined>): Promise<Minutes>;
}

/** Code units of objects that are looked at in one turn. */
const TURN_SIZE = 1024 * 1024;
const NODES = keyPrefix('nodes');
const PODS = keyPrefix('pods');

export async function podMetrics(call: Call): Promise<Stored[]> {
  const { server, info, now } = call;
  const { namespace, name } = info;
  const isOne = name !== '' && namespace !== '';
  const prefix = isOne ? keyOf('pods', namespace, name) : namespace === '' ? PODS : `${PODS}${namespace}/`;
  // An autoscaler asks for few pods of many, whose nodes alone are to be asked: metrics have the labels of their pods.
  const labelSelector = name === '' ? (call.query.get('labelSelector') ?? undefined) : undefined;
  const filter = compileFilter(call.kind, { labelSelector });
  const pods: Pod[] = [];
  for await (const pod of objectsUnder<Pod>(server, prefix, filter?.mayMatch)) {
    if (!isRunning(pod) || (name !== '' && pod.metadata.name !== name)) continue;
    if (filter?.matches(pod) ?? true) pods.push(pod);
  }
  const simulated = simulatedNodes(server);
  const real = new Set(pods.map(nodeOf).filter((node) => !simulated.has(node)));
  const reports = await ask(server, real);
  const found = pods.flatMap((pod): Stored[] => {
    const report = reports.get(nodeOf(pod));
    const isOfReal = real.has(nodeOf(pod));
    const containers = isOfReal ? report?.pods.get(pod.metadata.uid ?? '') : simulatedUsage(pod);
    if (!containers || containers.length === 0) return [];
    const object = podMetricsOf(pod, containers, report ?? simulatedTimes(now));
    const { namespace = '', name = '' } = pod.metadata;
    return [made(server, keyOf('pods.metrics.k8s.io', namespace, name), object)];
  });
  if (found.length === 0 && call.info.verb === 'get') {
    throw notFound('podmetrics.metrics.k8s.io', `${namespace}/${name}`);
  }
  return found;
}

export async function nodeMetrics(call: Call): Promise<Stored[]> {
  const { server, info, now } = call;
  const nodes: Node[] = [];
  for await (const node of objectsUnder<Node>(server, info.name === '' ? NODES : keyOf('nodes', '', info.name))) {
    nodes.push(node);
  }
  const real = nodes.filter((node) => !isSimulated(node) || isUnreachable(node));
  const reports = await ask(server, real.map(nameOf));
  const ofSimulated = real.length < nodes.length ? await simulatedTotals(server) : undefined;
  const found = nodes.flatMap((node): Stored[] => {
    const name = nameOf(node);
    const report = reports.get(name);
    // A simulated node that is told to be silent is not there to be asked.
    if ((!isSimulated(node) || isUnreachable(node)) && !report) return [];
    const usage = report?.node ?? totalOf([SIMULATED_SYSTEM, ofSimulated?.get(name) ?? { cpu: 0, memory: 0 }]);
    const object = nodeMetricsOf(node, usage, report ?? simulatedTimes(now));
    return [made(server, keyOf('nodes.metrics.k8s.io', '', name), object)];
  });
  if (found.length === 0 && info.verb === 'get') throw notFound('nodemetrics.metrics.k8s.io', info.name);
  return found;
}

/** By node, what its pods use together. */
async function simulatedTotals(server: Server): Promise<Map<string, Usage>> {
  const simulated = simulatedNodes(server);
  const totals = new Map<string, Usage>();
  for await (const pod of objectsUnder<Pod>(server, PODS)) {
    const node = nodeOf(pod);
    if (!isRunning(pod) || !simulated.has(node)) continue;
    totals.set(node, totalOf([totals.get(node) ?? { cpu: 0, memory: 0 }, ...simulatedUsage(pod)]));
  }
  return totals;
}

function ask({ usage }: Server, nodes: Iterable<string>): ReturnType<UsagePort['ask']> {
  return usage?.ask(nodes) ?? Promise.resolve(new Map());
}

function simulatedNodes({ store }: Server): Set<string> {
  const names = new Set<string>();
  for (const { key, text } of store.scan({ prefix: NODES })) {
    if (isPresentText(text)) names.add(parseKey(key).name);
  }
  return names;
}

/** Other requests have their turn in between. */
export async function* objectsUnder<T>(
  { store, sleep }: Server,
  prefix: string,
  mayMatch: (text: string) => boolean = () => true,
): AsyncGenerator<T> {
  let looked = 0;
  for (const { text } of store.scan({ prefix })) {
    if (mayMatch(text)) yield JSON.parse(text) as T;
    looked += text.length;
    if (looked < TURN_SIZE) continue;
    looked = 0;
    await sleep(0);
  }
}

function isRunning({ spec, status }: Pod): boolean {
  return spec?.nodeName !== undefined && status?.phase === 'Running';
}

const nodeOf = ({ spec }: Pod): string => spec?.nodeName ?? '';
const nameOf = ({ metadata }: Node): string => metadata.name ?? '';

function made({ store }: Server, key: Key, object: object): Stored {
  const { revision } = store;
  return { key, revision, created: revision, text: JSON.stringify(object) };
}
