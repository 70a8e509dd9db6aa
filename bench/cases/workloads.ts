/**
 * Controllers and scheduler with many objects: CPU and rows a pod, or an object. In a whole cluster in this process, whose
 * clock goes as fast as the work lets it: there is no other program to wait for, and an hour asleep takes no time.
 */

import { TestCluster } from '../../durable-objects/testing/cluster.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Figure } from '../lib/target.ts';
import { deployment } from './objects.ts';

const NAMESPACE = 'namespaces/default';
const DEPLOYMENTS = `/apis/apps/v1/${NAMESPACE}/deployments`;
const JOBS = `/apis/batch/v1/${NAMESPACE}/jobs`;
const MERGE = 'application/merge-patch+json';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LIMIT_MS = 60 * MINUTE;
const MEGABYTE = 1e6;

interface Load {
  name: string;
  /** The pods, or objects, that the figures are divided by. */
  count: number;
  nodes: number;
  prepare?(cluster: TestCluster): Promise<void>;
  run(cluster: TestCluster): Promise<void>;
}

type Looked = KubeObject & { spec: { replicas?: number }; status?: Record<string, number> };

const template = (app: string, spec: object = {}): object => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
const once = { restartPolicy: 'Never' };

const LOADS: readonly Load[] = [
  {
    name: 'Job of 10,000 indexes, 500 at a time',
    count: 10_000,
    nodes: 20,
    async run(cluster) {
      const spec = {
        completions: 10_000,
        parallelism: 500,
        completionMode: 'Indexed',
        template: template('job', once),
      };
      await cluster.must(`POST ${JOBS}`, { metadata: { name: 'job' }, spec });
      await until(cluster, `${JOBS}/job`, ({ status }) => status?.succeeded === 10_000);
    },
  },
  {
    name: '1,000 StatefulSets of 3 pods',
    count: 3000,
    nodes: 60,
    async run(cluster) {
      const path = `/apis/apps/v1/${NAMESPACE}/statefulsets`;
      for (let at = 0; at < 1000; at++) {
        const app = `set-${at}`;
        const spec = { replicas: 3, serviceName: 's', selector: { matchLabels: { app } }, template: template(app) };
        await cluster.must(`POST ${path}`, { metadata: { name: app }, spec });
      }
      await until(cluster, `${path}/set-999`, ({ status }) => status?.readyReplicas === 3);
    },
  },
  {
    name: '100 CronJobs, each minute for ten',
    count: 1000,
    nodes: 3,
    async prepare(cluster) {
      const jobTemplate = { spec: { template: template('cron', once) } };
      for (let at = 0; at < 100; at++) {
        const spec = { schedule: '* * * * *', jobTemplate };
        await cluster.must(`POST /apis/batch/v1/${NAMESPACE}/cronjobs`, { metadata: { name: `cron-${at}` }, spec });
      }
      await cluster.advance(5 * MINUTE);
    },
    run: (cluster) => cluster.advance(10 * MINUTE),
  },
  {
    name: 'rolling update of a Deployment of 4,000',
    count: 4000,
    nodes: 60,
    async prepare(cluster) {
      await cluster.must(`POST ${DEPLOYMENTS}`, deployment('web', 4000));
      await until(cluster, `${DEPLOYMENTS}/web`, ({ status }) => status?.readyReplicas === 4000);
    },
    async run(cluster) {
      const patch = { spec: { template: { metadata: { annotations: { version: '2' } } } } };
      await cluster.must(`PATCH ${DEPLOYMENTS}/web`, patch, MERGE);
      await until(cluster, `${DEPLOYMENTS}/web`, ({ metadata, status = {} }) => {
        const isSeen = status.observedGeneration === metadata.generation;
        return isSeen && [status.updatedReplicas, status.availableReplicas, status.replicas].every((is) => is === 4000);
      });
    },
  },
  {
    name: '5,000 pods on 2,000 nodes',
    count: 5000,
    nodes: 2000,
    async run(cluster) {
      await cluster.must(`POST ${DEPLOYMENTS}`, deployment('web', 5000));
      await until(cluster, `${DEPLOYMENTS}/web`, ({ status }) => status?.readyReplicas === 5000);
    },
  },
  {
    name: 'deletion of a namespace with 10,000 objects',
    count: 10_000,
    nodes: 1,
    async prepare(cluster) {
      await cluster.must('POST /api/v1/namespaces', { metadata: { name: 'large' } });
      for (let at = 0; at < 10_000; at++) {
        const object = { metadata: { name: `map-${at}` }, data: { a: 'b' } };
        await cluster.must('POST /api/v1/namespaces/large/configmaps', object);
      }
    },
    async run(cluster) {
      await cluster.must('DELETE /api/v1/namespaces/large');
      await cluster.advance(MINUTE);
      const { status } = await cluster.send('GET /api/v1/namespaces/large');
      if (status !== 404) throw new Error(`the namespace answers ${status}`);
    },
  },
];

export async function workloadCase(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const load of LOADS) figures.push(...(await measure(load)));
  return figures;
}

async function measure({ name, count, nodes, prepare, run }: Load): Promise<Figure[]> {
  const cluster = await TestCluster.start({ simulatedNodes: nodes });
  await prepare?.(cluster);
  await cluster.settle();
  const rows = cluster.rowsWritten;
  const before = process.cpuUsage();
  await run(cluster);
  const { user, system } = process.cpuUsage(before);
  const written = cluster.rowsWritten - rows;
  if (cluster.reported.length > 0) throw new Error(`${name}: ${String(cluster.reported[0])}`);
  const figure = (what: string, unit: Figure['unit'], islet: number): Figure => ({
    case: name,
    what,
    unit,
    values: { islet },
  });
  return [
    figure('CPU each', 'CPU ms', (user + system) / 1000 / count),
    figure('rows written each', 'rows', written / count),
    figure('heap at the end', 'MB', process.memoryUsage().heapUsed / MEGABYTE),
  ];
}

async function until(cluster: TestCluster, path: string, done: (object: Looked) => boolean): Promise<void> {
  for (const end = cluster.now + LIMIT_MS; cluster.now < end; ) {
    if (done(await cluster.must<Looked>(`GET ${path}`))) return;
    await cluster.advance(SECOND);
  }
  throw new Error(`not done after an hour of the cluster's time: ${path}`);
}
