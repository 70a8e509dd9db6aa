/**
 * Many nodes and many pods: a Deployment of 4,000 on 60 nodes that is made and then updated, and 2,000 nodes that become
 * Ready and then run 5,000 pods. Simulated nodes, beside kwok's. Every load has a cluster of its own and is run once.
 */
import { must } from '../lib/http.ts';
import { cpuMs, residentBytes } from '../lib/process.ts';
import type { Figure, Target } from '../lib/target.ts';
import { type Looked, until } from '../lib/until.ts';
import { deployment } from './objects.ts';

export interface Fleet {
  start(name: string): Promise<Target>;
  /** A node that is Ready without a machine, by its number. */
  node(at: number): unknown;
}

interface Step {
  name: string;
  /** Nodes, or pods, that the CPU is divided by. */
  count: number;
  run(target: Target, node: Fleet['node']): Promise<void>;
}

const MERGE = 'application/merge-patch+json';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const NODES = '/api/v1/nodes';
/** Creates that are under way at once. */
const CONNECTIONS = 16;
/** Lists of all nodes are long. */
const LIST_MS = 500;

const LOADS: readonly Step[][] = [
  [
    ready(60),
    {
      name: 'Deployment of 4,000 pods on 60 nodes',
      count: 4000,
      async run(target) {
        await must(target, 'POST', DEPLOYMENTS, deployment('web', 4000));
        await until(target, `${DEPLOYMENTS}/web`, ({ status }) => status?.readyReplicas === 4000);
      },
    },
    {
      name: 'its rolling update',
      count: 4000,
      async run(target) {
        const patch = { spec: { template: { metadata: { annotations: { version: '2' } } } } };
        await must(target, 'PATCH', `${DEPLOYMENTS}/web`, patch, MERGE);
        await until(target, `${DEPLOYMENTS}/web`, isRolledOut(4000));
      },
    },
  ],
  [
    ready(2000),
    {
      name: 'Deployment of 5,000 pods on 2,000 nodes',
      count: 5000,
      async run(target) {
        await must(target, 'POST', DEPLOYMENTS, deployment('web', 5000));
        await until(target, `${DEPLOYMENTS}/web`, ({ status }) => status?.readyReplicas === 5000);
      },
    },
  ],
];

function ready(count: number): Step {
  return {
    name: `${count.toLocaleString('en')} nodes made and Ready`,
    count,
    async run(target, node) {
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < count) await must(target, 'POST', NODES, node(next++));
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      await until(target, NODES, ({ items }) => items?.filter(isReady).length === count, LIST_MS);
    },
  };
}

function isReady({ status }: NonNullable<Looked['items']>[number]): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function isRolledOut(replicas: number): (answer: Looked) => boolean {
  return ({ metadata, status = {} }) =>
    status.observedGeneration === metadata.generation &&
    [status.updatedReplicas, status.availableReplicas, status.replicas].every((count) => count === replicas);
}

export async function fleetCase(fleets: readonly Fleet[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [at, steps] of LOADS.entries()) {
    const measured: Figure[][] = [];
    for (const fleet of fleets) measured.push(await measure(fleet, `fleet-${at}`, steps));
    for (const [index, figure] of (measured[0] ?? []).entries()) {
      figures.push({ ...figure, values: Object.assign({}, ...measured.map((of) => of[index]?.values)) });
    }
  }
  return figures;
}

async function measure({ start, node }: Fleet, cluster: string, steps: readonly Step[]): Promise<Figure[]> {
  const target = await start(cluster);
  try {
    const figures: Figure[] = [];
    for (const { name, count, run } of steps) {
      const [before, from] = [cpuMs(target.pids), performance.now()];
      try {
        await run(target, node);
      } catch (error) {
        // The steps before it keep their figures.
        console.error(`${target.name}: ${name}: no figures: ${error instanceof Error ? error.message : error}`);
        break;
      }
      const [time, cpu] = [performance.now() - from, (cpuMs(target.pids) - before) / count];
      console.error(`${target.name}: ${name}: ${(time / 1000).toFixed(1)} s, ${cpu.toFixed(2)} CPU ms each`);
      const figure = (what: string, unit: Figure['unit'], value: number): Figure => {
        return { case: name, what, unit, values: { [target.name]: value } };
      };
      figures.push(figure('time', 'ms', time), figure('server CPU each', 'CPU ms', cpu));
      figures.push(figure('resident memory after it', 'MB', residentBytes(target.pids) / 1e6));
    }
    return figures;
  } finally {
    await target.stop();
  }
}
