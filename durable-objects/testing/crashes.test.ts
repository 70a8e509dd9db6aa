/**
 * Scenarios on a whole cluster, each run again and again with the object dying after another of its writes: the end is
 * always the same.
 */
import { expect, test } from 'vitest';
import type { CronJob, Deployment, Job, Pod, StatefulSet } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const NAMESPACE = 'namespaces/default';
const PODS = `/api/v1/${NAMESPACE}/pods`;
const APPS = `/apis/apps/v1/${NAMESPACE}`;
const BATCH = `/apis/batch/v1/${NAMESPACE}`;
const MINUTE = 60_000;
/** Of the writes of a scenario, so many are the last of a life. */
const DEATHS = 8;

const template = (app: string, annotations: object = {}, spec: object = {}) => ({
  metadata: { labels: { app }, annotations },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }], ...spec },
});
const selecting = (app: string) => ({ selector: { matchLabels: { app } }, template: template(app) });

interface Scenario {
  name: string;
  run(cluster: TestCluster): Promise<void>;
  state(cluster: TestCluster): Promise<unknown>;
  end: unknown;
}

async function phases(cluster: TestCluster, app: string): Promise<string[]> {
  const pods = await cluster.list<Pod>(`${PODS}?labelSelector=app%3D${app}`);
  return pods.map(({ metadata, status }) => `${status?.phase} ${metadata.annotations?.version ?? ''}`).sort();
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a rolling update whose pods are never ready, and its undoing',
    async run(cluster) {
      const spec = { replicas: 6, progressDeadlineSeconds: 60, minReadySeconds: 1, ...selecting('web') };
      await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'web' }, spec });
      await cluster.advance(20_000);
      const change = (annotations: object) =>
        cluster.must(`PATCH ${APPS}/deployments/web`, { spec: { template: { metadata: { annotations } } } }, MERGE);
      await change({ version: '2', 'islet.dev/simulated-ready': 'false' });
      await cluster.advance(2 * MINUTE);
      const { status } = await cluster.must<Deployment>(`GET ${APPS}/deployments/web`);
      const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
      expect([progressing?.reason, (status?.availableReplicas ?? 0) >= 5]).toEqual(['ProgressDeadlineExceeded', true]);
      await change({ version: '3', 'islet.dev/simulated-ready': null });
      await cluster.advance(2 * MINUTE);
    },
    async state(cluster) {
      const { status } = await cluster.must<Deployment>(`GET ${APPS}/deployments/web`);
      const { replicas, readyReplicas, updatedReplicas, unavailableReplicas } = status ?? {};
      const sets = await cluster.list(`${APPS}/replicasets`);
      return [
        [replicas, readyReplicas, updatedReplicas, unavailableReplicas],
        sets.length,
        await phases(cluster, 'web'),
      ];
    },
    end: [[6, 6, 6, undefined], 3, new Array(6).fill('Running 3')],
  },
  {
    name: "a node that is lost in the middle of a StatefulSet's update",
    async run(cluster) {
      const spec = { replicas: 4, serviceName: 's', ...selecting('db') };
      await cluster.must(`POST ${APPS}/statefulsets`, { metadata: { name: 'db' }, spec });
      await cluster.advance(30_000);
      const metadata = { annotations: { version: '2' } };
      await cluster.must(`PATCH ${APPS}/statefulsets/db`, { spec: { template: { metadata } } }, MERGE);
      await cluster.advance(3_000);
      const node = (status: string) =>
        cluster.must(
          'PATCH /api/v1/nodes/sim-1/status',
          { status: { conditions: [{ type: 'Ready', status }] } },
          STRATEGIC,
        );
      await node('Unknown');
      await cluster.advance(10 * MINUTE);
      await node('True');
      await cluster.advance(10 * MINUTE);
    },
    async state(cluster) {
      const { status } = await cluster.must<StatefulSet>(`GET ${APPS}/statefulsets/db`);
      const { replicas, readyReplicas, updatedReplicas, currentReplicas } = status ?? {};
      const names = (await cluster.list<Pod>(PODS)).map(({ metadata }) => metadata.name).sort();
      return [[replicas, readyReplicas, updatedReplicas, currentReplicas], names, await phases(cluster, 'db')];
    },
    end: [[4, 4, 4, 4], ['db-0', 'db-1', 'db-2', 'db-3'], new Array(4).fill('Running 2')],
  },
  {
    name: 'a Job whose every fifth index fails once',
    async run(cluster) {
      const spec = { completions: 20, parallelism: 6, completionMode: 'Indexed', backoffLimit: 9 };
      const body = { ...spec, template: template('job', {}, { restartPolicy: 'Never' }) };
      await cluster.must(`POST ${BATCH}/jobs`, { metadata: { name: 'job' }, spec: body });
      await cluster.settle();
      const label = 'batch.kubernetes.io/job-completion-index';
      const failing = (await cluster.list<Pod>(PODS)).filter(
        ({ metadata }) => Number(metadata.labels?.[label]) % 5 === 0,
      );
      const annotations = { 'islet.dev/simulated-exit-code': '1' };
      for (const { metadata } of failing)
        await cluster.send(`PATCH ${PODS}/${metadata.name}`, { metadata: { annotations } }, MERGE);
      await cluster.advance(30 * MINUTE);
    },
    async state(cluster) {
      const { status } = await cluster.must<Job>(`GET ${BATCH}/jobs/job`);
      const { succeeded, active, completedIndexes, conditions, uncountedTerminatedPods } = status ?? {};
      const held = (await cluster.list<Pod>(PODS)).filter(({ metadata }) => metadata.finalizers?.length).length;
      return [succeeded, active, completedIndexes, conditions?.map(({ type }) => type), uncountedTerminatedPods, held];
    },
    end: [20, undefined, '0-19', ['SuccessCriteriaMet', 'Complete'], {}, 0],
  },
  {
    name: 'a CronJob through some of its minutes, and an hour of sleep',
    async run(cluster) {
      const jobTemplate = { spec: { template: template('cron', {}, { restartPolicy: 'Never' }) } };
      const spec = { schedule: '*/2 * * * *', successfulJobsHistoryLimit: 2, jobTemplate };
      await cluster.must(`POST ${BATCH}/cronjobs`, { metadata: { name: 'cron' }, spec });
      await cluster.advance(7 * MINUTE);
      await cluster.must(`PATCH ${BATCH}/cronjobs/cron`, { spec: { suspend: true } }, MERGE);
      await cluster.advance(60 * MINUTE);
      await cluster.must(`PATCH ${BATCH}/cronjobs/cron`, { spec: { suspend: false, schedule: '0 0 1 1 *' } }, MERGE);
      await cluster.advance(MINUTE);
    },
    async state(cluster) {
      const { status } = await cluster.must<CronJob>(`GET ${BATCH}/cronjobs/cron`);
      const jobs = await cluster.list<Job>(`${BATCH}/jobs`);
      return [status?.active, status?.lastScheduleTime, jobs.map(({ metadata }) => metadata.name).sort()];
    },
    end: [undefined, '2026-01-02T03:10:00Z', ['cron-29455388', 'cron-29455390']],
  },
];

test.each(SCENARIOS)(
  '$name',
  async ({ run, state, end }) => {
    const undisturbed = await TestCluster.start();
    const first = undisturbed.revision;
    await run(undisturbed);
    expect(await state(undisturbed)).toEqual(end);
    const writes = undisturbed.revision - first;
    for (let death = 0; death < DEATHS; death++) {
      const diesAt = first + 1 + Math.floor((writes * death) / DEATHS);
      const cluster = await TestCluster.start({ diesAt });
      await run(cluster);
      expect({ diesAt, state: await state(cluster) }).toEqual({ diesAt, state: end });
      expect(cluster.reported).toEqual([]);
    }
  },
  120_000,
);
