/**
 * `npm run bench`: every case on clusters of its own in workerd, through TLS, with authentication and validation on,
 * beside the bare runtime and, where PEERS names a folder with their binaries, beside etcd and kube-apiserver.
 * Prints a table; writes it as JSON to bench/results/. `npm run bench -- requests list` runs only those cases.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { stopRequest } from '../cli/local/stop-request.ts';
import { applyCase } from './cases/apply.ts';
import { bindingCase } from './cases/bindings.ts';
import { clusterCase } from './cases/clusters.ts';
import { crowdCase } from './cases/crowd.ts';
import { dashboardCase } from './cases/dashboards.ts';
import { definitionCase } from './cases/definitions.ts';
import { deploymentCase } from './cases/deployment.ts';
import { fleetCase } from './cases/fleet.ts';
import { idleCase } from './cases/idle.ts';
import { listCase } from './cases/list.ts';
import { MOTION_NODES, motionCase } from './cases/motion.ts';
import { neighbourCase } from './cases/neighbours.ts';
import { quotaCase } from './cases/quota.ts';
import { prepareRequests, requestCase } from './cases/requests.ts';
import { rowsCase } from './cases/rows.ts';
import { type StartCluster, schedulingCase } from './cases/scheduling.ts';
import { LARGE_LOADS, LOADS } from './cases/scheduling-loads.ts';
import { wakeCase } from './cases/wake.ts';
import { watchCase } from './cases/watch.ts';
import { workloadCase } from './cases/workloads.ts';
import { table } from './lib/report.ts';
import type { Figure, Target } from './lib/target.ts';
import { hasWrk } from './lib/wrk.ts';
import { startBare } from './targets/bare.ts';
import { type IsletTarget, simulatedNode, startIslet } from './targets/islet.ts';
import { kwokNode, startPeer } from './targets/peer.ts';

const PEERS = process.env.PEERS;
const RUNS = Number(process.env.RUNS ?? 5);
const NODES = 20;
/** Cases whose every load is run once: it takes seconds. */
const ONE_RUN = [
  'rows',
  'workloads',
  'scheduling',
  'scheduling-large',
  'fleet',
  'motion',
  'idle',
  'crowd',
  'wake',
  'dashboards',
];
const SETTLE_MS = 20_000;

interface Targets {
  /** A new cluster for each case. */
  islet: Target;
  service: IsletTarget;
  bare: Target;
  peer?: Target;
}

/** In this order: what others leave free in memory would hide what clusters take, and requests leave the most. */
const CASES: Record<string, (targets: Targets) => Promise<Figure[]>> = {
  clusters: ({ service }) => clusterCase(service),
  crowd: () => crowdCase(),
  list: (targets) => withWrk('list', () => listCase(sideBySide(targets), RUNS)),
  watch: (targets) => watchCase(sideBySide(targets), RUNS),
  deployment: ({ islet, peer }) => deploymentCase([islet, ...(peer ? [peer] : [])], RUNS),
  idle: ({ islet }) => idleCase(islet),
  wake: ({ islet }) => wakeCase(islet),
  dashboards: ({ islet }) => dashboardCase(islet),
  rows: () => rowsCase(),
  workloads: () => workloadCase(),
  scheduling: (targets) => schedulingCase(schedulers(targets), LOADS),
  'scheduling-large': (targets) => schedulingCase(schedulers(targets), LARGE_LOADS),
  fleet: ({ service }) => {
    const islet = { start: (name: string) => service.createCluster(name, 0), node: simulatedNode };
    const peer = (folder: string) => ({
      start: () => startPeer(folder, 'all', { nodes: 0 }),
      node: (at: number) => kwokNode(`kwok-${at}`),
    });
    return fleetCase(PEERS ? [islet, peer(PEERS)] : [islet]);
  },
  motion: async ({ service }) => motionCase(await service.createCluster('moving', MOTION_NODES)),
  bindings: ({ islet, peer }) => withWrk('bindings', () => bindingCase([islet, ...(peer ? [peer] : [])], RUNS)),
  quota: ({ islet, peer }) => withWrk('quota', () => quotaCase([islet, ...(peer ? [peer] : [])], RUNS)),
  neighbours: ({ islet, peer }) => withWrk('neighbours', () => neighbourCase([islet, ...(peer ? [peer] : [])], RUNS)),
  requests: (targets) =>
    withWrk('requests', async () => {
      for (const target of sideBySide(targets)) await prepareRequests(target);
      return requestCase(sideBySide(targets), RUNS);
    }),
  apply: ({ islet, service, peer }) =>
    withWrk('apply', async () => {
      const alone = await service.createCluster('apply-alone', 0, ['controllers', 'scheduler']);
      return applyCase([islet, ...(peer ? [peer] : [])], alone, RUNS);
    }),
  definitions: ({ islet, peer }) =>
    withWrk('definitions', () => definitionCase([islet, ...(peer ? [peer] : [])], islet, RUNS)),
};

function schedulers({ service }: Targets): StartCluster[] {
  const islet: StartCluster = (name) => service.createCluster(name, 0, ['controllers']);
  return PEERS ? [islet, () => startPeer(PEERS, 'scheduler')] : [islet];
}

async function withWrk(name: string, run: () => Promise<Figure[]>): Promise<Figure[]> {
  if (hasWrk()) return run();
  console.error(`${name}: skipped, because wrk is not installed (apt-get install wrk)`);
  return [];
}

function sideBySide({ islet, bare, peer }: Targets): Target[] {
  return [islet, bare, ...(peer ? [peer] : [])];
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in CASES));
if (unknown.length > 0) {
  console.error(`no such case: ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);
  process.exit(1);
}
const started: Target[] = [];
const keep = <T extends Target>(target: T): T => {
  started.push(target);
  return target;
};
void stopRequest().then(async () => {
  await Promise.all(started.map((target) => target.stop()));
  process.exit(130);
});
try {
  if (!PEERS) console.error('no peer: set PEERS to a folder with etcd-server, kube-apiserver and the others');
  const service = keep(await startIslet());
  const bare = keep(await startBare());
  const peer = PEERS ? keep(await startPeer(PEERS)) : undefined;
  // A control plane that starts is busy for a while.
  if (peer) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const figures: Figure[] = [];
  for (const [name, run] of Object.entries(CASES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`measuring ${name} …`);
    const islet = await service.createCluster(name, NODES);
    // A case that a server fails, as a peer may whose machine is too slow, takes no other case with it.
    const measured = await run({ islet, service, bare, peer }).catch((error: unknown) => {
      console.error(`${name}: no figures: ${error instanceof Error ? error.message : error}`);
      return [];
    });
    await islet.stop();
    if (measured.length > 0) console.log(`${table(measured)}\n`);
    figures.push(...measured);
  }
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
  writeFileSync(file, `${JSON.stringify({ machine, runs: RUNS, figures }, null, 2)}\n`);
  console.log(
    `medians of ${RUNS} ${RUNS === 1 ? 'run' : 'runs'}, and one run of ${ONE_RUN.join(', ')}; as JSON in ${file}`,
  );
} finally {
  for (const target of started) await target.stop();
}
process.exit(0);
