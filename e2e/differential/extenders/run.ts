/**
 * The same extender is asked by kube-scheduler and by Islet's scheduler: pods must come to the same node, be refused with
 * the same words or make room at the same pods' expense, and the extender must be asked the same.
 * `PEERS=FOLDER node e2e/differential/extenders/run.ts [NAME…]`. Exits with 1 where something differs.
 */
import { setTimeout } from 'node:timers/promises';
import { startPeer } from '../../../bench/targets/peer.ts';
import type { Outbound } from '../../../durable-objects/apiserver/outbound.ts';
import type { Json } from '../mutations.ts';
import { Place } from '../scheduler/place.ts';
import { startInProcess } from '../sequences/in-process.ts';
import { overHttp } from '../sequences/servers.ts';
import { extenders, SCENARIOS, type Scenario } from './scenarios.ts';
import { type Asked, startExtenderServer } from './server.ts';

const { PEERS } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of the real programs; it is not set');
const wanted = process.argv.slice(2);

/** Until informers have seen what was written. */
const SEEN_MS = 400;
const NAMESPACE = 'suite-one';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

const places: Record<string, Place> = {};
const server = await startExtenderServer(async (side, { PodName, PodUID, Node }) => {
  const metadata = { name: PodName, uid: PodUID };
  await places[side]?.must('POST', `${PODS}/${PodName}/binding`, { metadata, target: { kind: 'Node', name: Node } });
});
const prefix = (side: string): string => `http://127.0.0.1:${server.port}/${side}`;
const outbound: Outbound = async ({ to, method, headers, body, timeoutMs }) => {
  if (!('url' in to)) throw new Error('a URL is expected');
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(to.url, { method, headers: headers as Record<string, string>, body, signal });
  return { status: response.status, headers: {}, body: await response.text() };
};
const peer = await startPeer(PEERS, 'scheduler', {
  schedulerConfiguration: { extenders: extenders(prefix('upstream')) },
});
const islet = await startInProcess(['controllers'], outbound);
places.upstream = new Place({ name: 'upstream', ask: overHttp(peer), now: Date.now });
places.islet = new Place({ name: 'islet', ask: islet.ask, now: islet.now });
let differ = 0;
const chosen = SCENARIOS.filter(({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));
try {
  for (const place of Object.values(places)) await place.prepare();
  const head = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
  await places.islet.must('POST', '/api/v1/namespaces/kube-system/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-scheduler' },
    data: { 'config.yaml': JSON.stringify({ ...head, extenders: extenders(prefix('islet')) }) },
  });
  for (const scenario of chosen) {
    const [theirs, ours] = await Promise.all(Object.values(places).map((place) => play(place, scenario)));
    const isSame = JSON.stringify(theirs) === JSON.stringify(ours);
    console.log(`${isSame ? 'same   ' : 'DIFFERS'} ${scenario.name}`);
    if (!isSame || process.env.SHOW) {
      console.log(`  upstream ${JSON.stringify(theirs)}\n  islet    ${JSON.stringify(ours)}`);
    }
    if (!isSame) differ++;
  }
} finally {
  islet.stop();
  await peer.stop();
  server.stop();
}
console.log(`${chosen.length} scenarios, ${differ} differ`);
process.exit(differ > 0 ? 1 : 0);

async function play(place: Place, scenario: Scenario): Promise<Json> {
  const { running = {}, cpu = '100m', resources = [], priority, rules } = scenario;
  const pod = (name: string, amount: string, spec: object): Json => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE },
    spec: { containers: [container(amount, resources)], ...spec },
  });
  for (const name of ['n1', 'n2', 'n3']) await place.add(node(name));
  for (const [nodeName, amount] of Object.entries(running)) {
    const containers = [container(amount, [])];
    await place.must('POST', PODS, {
      ...pod(`on-${nodeName}`, amount, { nodeName, containers, priorityClassName: 'low' }),
    });
  }
  await setTimeout(SEEN_MS);
  const name = scenario.name.replaceAll(/[^a-z]+/g, '-');
  server.rules.set(name, rules);
  const from = server.asked.length;
  const outcome = await place.outcome(pod(name, cpu, priority ? { priorityClassName: priority } : {}));
  const asked = server.asked.slice(from).filter(({ side }) => side === place.name);
  await setTimeout(SEEN_MS);
  const { status } = await place.must('GET', `${PODS}/${name}`);
  const condition = status.conditions?.find(({ type }: Json) => type === 'PodScheduled');
  await place.clear();
  // Connections fail in each client's own words.
  const told = (outcome?.message ?? '').replaceAll(prefix(place.name), 'http://extender');
  // Nodes are looked at from one that chance chooses.
  const message = told.replace(/\[(.*)\]/, (_, errors: string) => `[${errors.split(', ').sort().join(', ')}]`);
  return { ...outcome, message, reason: condition?.reason, asked: [...new Set(asked.map(shown))].sort() };
}

/** The fields of what was asked, and the nodes that it names. */
function shown({ extender, verb, body }: Asked): string {
  const { Pod, Nodes, NodeNames, NodeNameToVictims, NodeNameToMetaVictims } = body;
  const names = NodeNames ?? Nodes?.items.map(({ metadata }: Json) => metadata.name) ?? [];
  const victims = Object.keys(NodeNameToVictims ?? NodeNameToMetaVictims ?? {});
  const fields = (object: Json): string =>
    Object.keys(object ?? {})
      .filter((key) => object[key] !== null)
      .sort()
      .join();
  const [first] = Nodes?.items ?? [];
  const [victim] = Object.values<Json>(NodeNameToVictims ?? {});
  const parts = [fields(body), names.sort(), victims.sort(), fields(Pod), fields(Pod?.metadata), fields(first)];
  return [extender, verb, ...parts, fields(first?.metadata), fields(victim), fields(victim?.Pods[0])].join(' | ');
}

function node(name: string): Json {
  const resources = { cpu: '1', memory: '4Gi', pods: '110' };
  const metadata = { name, labels: { 'kubernetes.io/hostname': name } };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata,
    spec: {},
    status: { capacity: resources, allocatable: resources },
  };
}

function container(cpu: string, resources: readonly string[]): Json {
  const extended = Object.fromEntries(resources.map((name) => [name, '1']));
  return { name: 'c', image: 'web:1', resources: { requests: { cpu, ...extended }, limits: extended } };
}
