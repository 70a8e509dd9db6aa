/**
 * `npm run bench`: every case on clusters of its own in workerd, through TLS, with authentication and validation on,
 * beside the bare runtime and, where PEERS names a folder with their binaries, beside etcd and kube-apiserver.
 * Prints a table; writes it as JSON to bench/results/. `npm run bench -- requests list` runs only those cases.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { clusterCase } from './cases/clusters.ts';
import { deploymentCase } from './cases/deployment.ts';
import { idleCase } from './cases/idle.ts';
import { listCase } from './cases/list.ts';
import { prepareRequests, requestCase } from './cases/requests.ts';
import { rowsCase } from './cases/rows.ts';
import { watchCase } from './cases/watch.ts';
import { table } from './lib/report.ts';
import type { Figure, Target } from './lib/target.ts';
import { hasWrk } from './lib/wrk.ts';
import { startBare } from './targets/bare.ts';
import { type IsletTarget, startIslet } from './targets/islet.ts';
import { startPeer } from './targets/peer.ts';

const RUNS = Number(process.env.RUNS ?? 5);
const NODES = 20;

interface Targets {
  islet: IsletTarget;
  bare: Target;
  peer?: Target;
}

const CASES: Record<string, (targets: Targets) => Promise<Figure[]>> = {
  clusters: ({ islet }) => clusterCase(islet),
  async requests({ islet, bare, peer }) {
    if (!hasWrk()) {
      console.error('requests: skipped, because wrk is not installed (apt-get install wrk)');
      return [];
    }
    const targets = [islet, bare, ...(peer ? [peer] : [])];
    for (const target of targets) await prepareRequests(target);
    return requestCase(targets, RUNS);
  },
  list: ({ islet, bare, peer }) => listCase([islet, bare, ...(peer ? [peer] : [])], RUNS),
  watch: ({ islet, bare, peer }) => watchCase([islet, bare, ...(peer ? [peer] : [])], RUNS),
  deployment: ({ islet, peer }) => deploymentCase([islet, ...(peer ? [peer] : [])], RUNS),
  rows: () => rowsCase(),
  idle: ({ islet }) => idleCase(islet),
};

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
try {
  const peers = process.env.PEERS;
  if (!peers) console.error('no peer: set PEERS to a folder with etcd-server, kube-apiserver and the others');
  const targets: Targets = {
    islet: keep(await startIslet(NODES)),
    bare: keep(await startBare()),
    peer: peers ? keep(await startPeer(peers)) : undefined,
  };
  const figures: Figure[] = [];
  for (const [name, run] of Object.entries(CASES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`measuring ${name} …`);
    const measured = await run(targets);
    console.log(`${table(measured)}\n`);
    figures.push(...measured);
  }
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem() };
  writeFileSync(file, `${JSON.stringify({ machine, runs: RUNS, figures }, null, 2)}\n`);
  console.log(`medians of ${RUNS} runs; as JSON in ${file}`);
} finally {
  for (const target of started) await target.stop();
}
process.exit(0);
