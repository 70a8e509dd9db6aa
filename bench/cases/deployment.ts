/** A Deployment of 1,000 replicas on 20 simulated nodes (the peer's are kwok's), until all are Running. */
import { must } from '../lib/http.ts';
import { cpuMs } from '../lib/process.ts';
import { inTurns } from '../lib/rounds.ts';
import type { Figure, Target } from '../lib/target.ts';
import { until } from '../lib/until.ts';
import { deployment } from './objects.ts';

const REPLICAS = 1_000;
const PATH = '/apis/apps/v1/namespaces/default/deployments';

let deployments = 0;

export async function deploymentCase(targets: readonly Target[], runs: number): Promise<Figure[]> {
  const of = await inTurns(targets, runs, (target) => measure(target, `thousand-${deployments++}`));
  const name = `Deployment of ${REPLICAS} pods until Running`;
  return [
    { case: name, what: 'time', unit: 'ms', values: of('time') },
    { case: name, what: 'server CPU a pod', unit: 'CPU ms', values: of('cpu') },
  ];
}

async function measure(target: Target, name: string): Promise<{ time: number; cpu: number }> {
  const [before, from] = [cpuMs(target.pids), performance.now()];
  await must(target, 'POST', PATH, deployment(name, REPLICAS));
  await until(target, `${PATH}/${name}`, (object) => object.status?.readyReplicas === REPLICAS);
  const result = { time: performance.now() - from, cpu: (cpuMs(target.pids) - before) / REPLICAS };
  await must(target, 'DELETE', `${PATH}/${name}`);
  const pods = `/api/v1/namespaces/default/pods?limit=1&labelSelector=app%3D${name}`;
  await until(target, pods, (list) => list.items?.length === 0);
  return result;
}
