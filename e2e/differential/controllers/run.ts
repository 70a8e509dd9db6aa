/**
 * The scenarios of controllers run on a real kube-apiserver with its controller manager and scheduler, and on Islet, side
 * by side: after each step the objects and events must be the same.
 * `PEERS=FOLDER node e2e/differential/controllers/run.ts [NAME…]`: scenarios whose name begins so;
 * `… generated COUNT SEED`: so many random ones. Exits with 1 where something differs.
 */
import { setTimeout } from 'node:timers/promises';
import { startPeer } from '../../../bench/targets/peer.ts';
import { overHttp } from '../sequences/servers.ts';
import { generatedScenarios } from './generated/index.ts';
import { startTwin } from './islet.ts';
import { Kubelet } from './kubelet.ts';
import { measured, serveMetrics } from './metrics.ts';
import { differences, Hashes, normalised } from './normalise.ts';
import { type Place, type Scenario, SUITE } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { type Client, recorded, Side, type Told } from './side.ts';

const { PEERS, AT_ONCE = '8', THEIRS } = process.env;
if (!PEERS) throw new Error('PEERS names the folder of the real programs; it is not set');
const wanted = process.argv.slice(2);
const isGenerated = wanted[0] === 'generated';
const chosen = isGenerated
  ? generatedScenarios(Number(wanted[1] ?? 50), Number(wanted[2] ?? 1))
  : scenarios.filter(({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));

const LOOK_MS = 150;
const QUIET_MS = 1500;
const MOST_MS = 20_000;
/** How often a difference after a step of a generated scenario is looked at again: it may only be a matter of time. */
const LOOKS = 4;

const peer = await startPeer(PEERS, 'controllers');
const islet = await startTwin(PEERS, Boolean(THEIRS), async ({ to }) => {
  if (!('service' in to)) throw new Error('a Service is expected');
  const { status, body } = measured(sides[1], to.service.path);
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
});
const sides = [
  new Side({ name: 'upstream', ask: overHttp(peer), now: Date.now }),
  new Side({ name: THEIRS ? 'theirs' : 'islet', ask: islet.ask, now: islet.now }),
] as const;
// Upstream has no class of its own, nor a provisioner.
if (!THEIRS) await sides[1].must('DELETE', '/apis/storage.k8s.io/v1/storageclasses/standard');
const metrics = await Promise.all(sides.map(serveMetrics));
const kubelets = sides.map((side) => new Kubelet(side));
const namespaces = new Set<string>();
let differ = 0;
let isOver = false;
try {
  const loops = Promise.all(sides.map((side, at) => lookAfter(side, kubelets[at] as Kubelet)));
  const queue = chosen.filter(({ alone }) => !alone);
  await Promise.all(
    Array.from({ length: Number(AT_ONCE) }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await judged(next);
    }),
  );
  for (const scenario of chosen) if (scenario.alone) await judged(scenario);
  isOver = true;
  await loops;
} finally {
  for (const server of metrics) server.stop();
  await islet.stop();
  await peer.stop();
}
console.log(`${chosen.length} scenarios: ${differ} differ`);
process.exit(differ > 0 ? 1 : 0);

async function lookAfter(side: Side, kubelet: Kubelet): Promise<void> {
  while (!isOver) {
    await side.look();
    await kubelet.work([...namespaces]);
    await setTimeout(LOOK_MS);
  }
}

/** The difference of a generated scenario counts when it is seen twice: races between upstream's own controllers seldom are. */
async function judged(scenario: Scenario): Promise<void> {
  let report = await judge(scenario);
  if (report && isGenerated) report = await judge({ ...scenario, name: `${scenario.name}-again` });
  if (!report) return;
  differ++;
  console.log(report);
}

async function judge(scenario: Scenario): Promise<string | undefined> {
  const { name: namespace, nodes = 1, steps } = scenario;
  namespaces.add(namespace);
  const told = sides.map((): Told[] => []);
  const placeOf = (side: Client, at: number): Place => ({ side, kubelet: kubelets[at] as Kubelet, namespace });
  const bare = sides.map(placeOf);
  const places = sides.map((side, at) => placeOf(recorded(side, told[at] as Told[]), at));
  const hashes = places.map(() => new Hashes());
  let last = new Set<string>();
  const report: string[] = [];
  try {
    await Promise.all(bare.map((place) => prepare(place, nodes)));
    for (const step of steps) {
      await Promise.all(places.map((place) => step.run(place)));
      let found = await compared(places, told, hashes);
      for (let i = 1; i < LOOKS && isGenerated && found.length > 0; i++) found = await compared(places, told, hashes);
      const fresh = found.filter((line) => !last.has(line));
      if (fresh.length > 0) report.push(`after ${step.name.slice(0, 200)}`, ...fresh.map((line) => `    ${line}`));
      last = new Set(found);
      if (isGenerated && found.length > 0) {
        report.unshift(...steps.slice(0, steps.indexOf(step) + 1).map(({ name }) => `- ${name}`));
        break;
      }
    }
  } catch (error) {
    report.push(String(error));
  }
  await Promise.all(bare.map((place) => clear(place, nodes)));
  namespaces.delete(namespace);
  if (report.length === 0) return undefined;
  const rest = last.size > 0 ? `${last.size} differences stay` : 'nothing differs at the end';
  return [`\n${namespace}: ${rest}`, ...report].join('\n  ');
}

/** The differences of two sides at rest. */
async function compared(
  places: readonly Place[],
  told: readonly Told[][],
  hashes: readonly Hashes[],
): Promise<string[]> {
  await Promise.all(places.map(({ side, namespace }) => side.settled(namespace, QUIET_MS, MOST_MS)));
  const [theirs, ours] = places.map(({ side, namespace }, at) =>
    normalised(side.seen(namespace), told[at] ?? [], hashes[at] as Hashes),
  );
  return differences(theirs as never, ours as never);
}

async function prepare({ side, kubelet, namespace }: Place, nodes: number): Promise<void> {
  await side.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (let i = 1; i <= nodes; i++) await kubelet.addNode(`${namespace}-n${i}`, { [SUITE]: namespace });
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  while ((await side.send('GET', account)).status !== 200) await setTimeout(LOOK_MS);
}

async function clear({ side, namespace }: Place, nodes: number): Promise<void> {
  await side.send('DELETE', `/api/v1/namespaces/${namespace}`);
  await side.send('DELETE', `/apis/storage.k8s.io/v1/storageclasses/${namespace}-manual`);
  for (const { plural, metadata } of side.seen(namespace)) {
    if (plural === 'volumeattachments') {
      const path = `/apis/storage.k8s.io/v1/volumeattachments/${metadata.name}`;
      await side.send('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
      await side.send('DELETE', path);
    }
    if (plural === 'servicecidrs')
      await side.send('DELETE', `/apis/networking.k8s.io/v1/servicecidrs/${metadata.name}`);
    if (plural === 'persistentvolumes') await side.send('DELETE', `/api/v1/persistentvolumes/${metadata.name}`);
  }
  for (let i = 1; i <= nodes; i++) await side.send('DELETE', `/api/v1/nodes/${namespace}-n${i}`);
}
