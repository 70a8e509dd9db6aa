/**
 * CronJobs and autoscalers that users change as they like, in an object that dies at any step: once all is quiet, each
 * minute has its one Job, histories are as long as they may be, and replicas follow the load.
 */
import { expect, test } from 'vitest';
import type { CronJob, Deployment, HorizontalPodAutoscaler, Job, Pod } from '../../kube/types.ts';
import { type Actions, afterChaos } from './chaos.ts';
import type { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const PODS = '/api/v1/namespaces/default/pods';
const CRON_JOBS = '/apis/batch/v1/namespaces/default/cronjobs';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const NAMES = ['x', 'y'];
const MINUTE = 60_000;
const STEPS = 80;

const podOf = (annotations: object, spec: object = {}) => ({
  metadata: { labels: { app: 'web' }, annotations },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }], ...spec },
});

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const cronJob = () => {
    const ends = {
      'islet.dev/simulated-exit-after': pick(['1', '90']),
      'islet.dev/simulated-exit-code': pick(['0', '1']),
    };
    const spec = { backoffLimit: 0, template: podOf(ends, { restartPolicy: 'Never' }) };
    const concurrencyPolicy = pick(['Allow', 'Forbid', 'Replace']);
    const limits = { successfulJobsHistoryLimit: below(3), failedJobsHistoryLimit: below(3) };
    const schedule = pick(['* * * * *', '*/2 * * * *', '0 0 1 1 *']);
    return { metadata: { name: pick(NAMES) }, spec: { schedule, concurrencyPolicy, ...limits, jobTemplate: { spec } } };
  };
  const autoscaler = () => ({
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1 + below(3),
      maxReplicas: 3 + below(4),
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...pick([{}, { behavior: { scaleDown: { stabilizationWindowSeconds: pick([0, 60]) } } }]),
    },
  });
  const load = async () => {
    const annotations = { 'islet.dev/simulated-cpu': pick(['0', '20m', '50m', '200m']) };
    for (const { metadata } of await cluster.list<Pod>(`${PODS}?labelSelector=pod-template-hash`)) {
      await send(`PATCH ${PODS}/${metadata.name}`, { metadata: { annotations } }, MERGE);
    }
  };
  const propagationPolicy = () => pick(['Background', 'Foreground', 'Orphan']);
  return [
    () => send(`POST ${CRON_JOBS}`, cronJob()),
    () => send(`PATCH ${CRON_JOBS}/${pick(NAMES)}`, { spec: { suspend: next() < 0.5 } }, MERGE),
    () => send(`PATCH ${CRON_JOBS}/${pick(NAMES)}`, { spec: { schedule: pick(['* * * * *', '*/3 * * * *']) } }, MERGE),
    () => send(`PATCH ${CRON_JOBS}/${pick(NAMES)}`, { spec: { successfulJobsHistoryLimit: below(3) } }, MERGE),
    () => send(`DELETE ${CRON_JOBS}/${pick(NAMES)}`, { propagationPolicy: propagationPolicy() }),
    async () => {
      const jobs = await cluster.list<Job>(JOBS);
      if (jobs.length > 0)
        await send(`DELETE ${JOBS}/${pick(jobs).metadata.name}`, { propagationPolicy: 'Background' });
    },
    () =>
      send(`POST ${DEPLOYMENTS}`, {
        metadata: { name: 'web' },
        spec: { replicas: below(5), selector: { matchLabels: { app: 'web' } }, template: podOf({}) },
      }),
    () => send(`PATCH ${DEPLOYMENTS}/web`, { spec: { replicas: below(9) } }, MERGE),
    () => send(`POST ${HPAS}`, autoscaler()),
    () => send(`DELETE ${HPAS}/web`),
    load,
    load,
    () => cluster.advance(below(30_000)),
    () => cluster.advance(below(4 * MINUTE)),
    () => cluster.advance(below(4 * MINUTE)),
    async () => cluster.evict(),
    async () => cluster.evict(),
    async () => cluster.evict(),
  ];
};

const scheduledAt = ({ metadata }: Job): string =>
  metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp'] ?? '';
const isOver = ({ status }: Job, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

class Judge {
  readonly wrong: unknown[] = [];
  readonly #cluster: TestCluster;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  same(about: string, found: unknown, expected: unknown): void {
    if (JSON.stringify(found) !== JSON.stringify(expected)) this.wrong.push({ about, found, expected });
  }

  async cronJobs(): Promise<void> {
    const jobs = await this.#cluster.list<Job>(JOBS);
    for (const { metadata, spec, status } of await this.#cluster.list<CronJob>(CRON_JOBS)) {
      const own = jobs.filter((job) => job.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
      const active = own.filter((job) => !isOver(job, 'Complete') && !isOver(job, 'Failed'));
      const { name } = metadata;
      const uids = active.map((job) => job.metadata.uid).sort();
      this.same(`active of ${name}`, (status?.active ?? []).map(({ uid }) => uid).sort(), uids);
      if (spec?.concurrencyPolicy !== 'Allow') this.same(`at most one of ${name}`, active.length <= 1, true);
      const [good, bad] = ['Complete', 'Failed'].map((type) => own.filter((job) => isOver(job, type)).length);
      this.same(`successes of ${name}`, (good ?? 0) <= (spec?.successfulJobsHistoryLimit ?? 3), true);
      this.same(`failures of ${name}`, (bad ?? 0) <= (spec?.failedJobsHistoryLimit ?? 1), true);
      const times = own.map(scheduledAt);
      this.same(`times of ${name}`, new Set(times).size, times.length);
    }
  }

  async autoscaler(): Promise<void> {
    const [hpa] = await this.#cluster.list<HorizontalPodAutoscaler>(HPAS);
    const [web] = await this.#cluster.list<Deployment>(DEPLOYMENTS);
    if (!hpa || !web || web.spec?.replicas === 0) return;
    const { minReplicas = 1, maxReplicas } = hpa.spec!;
    const { replicas = 0 } = web.spec ?? {};
    this.same('replicas within bounds', replicas >= minReplicas && replicas <= maxReplicas, true);
    this.same('replicas as the status has them', hpa.status?.desiredReplicas, replicas);
  }
}

test.each([1, 2, 3, 11])(
  'CronJobs and autoscalers agree with their objects in the end, whatever happened (%i)',
  async (seed) => {
    const cluster = await afterChaos(seed, actions, STEPS);
    const suspended = { spec: { suspend: true } };
    for (const name of NAMES) await cluster.send(`PATCH ${CRON_JOBS}/${name}`, suspended, MERGE);
    await cluster.advance(10 * MINUTE);
    const judge = new Judge(cluster);
    await judge.cronJobs();
    await judge.autoscaler();
    expect(judge.wrong).toEqual([]);
    // Each minute from now on has its Job, over evictions.
    for (const name of NAMES) await cluster.send(`DELETE ${CRON_JOBS}/${name}`, { propagationPolicy: 'Foreground' });
    await cluster.advance(2 * MINUTE);
    const template = podOf({ 'islet.dev/simulated-exit-after': '1' }, { restartPolicy: 'Never' });
    await cluster.must(`POST ${CRON_JOBS}`, {
      metadata: { name: 'each' },
      spec: { schedule: '* * * * *', successfulJobsHistoryLimit: 9, jobTemplate: { spec: { template } } },
    });
    for (let minutes = 0; minutes < 5; minutes++) {
      await cluster.advance(59_000);
      for (let step = 0; step < minutes * 3; step++) await cluster.step();
      cluster.evict();
      await cluster.advance(1000);
    }
    await cluster.advance(5000);
    const own = (await cluster.list<Job>(JOBS)).filter(({ metadata }) => metadata.name?.startsWith('each-'));
    const minutes = own.map((job) => Date.parse(scheduledAt(job)) / MINUTE).sort();
    expect(minutes).toEqual(minutes.map((_, at) => (minutes[0] ?? 0) + at));
    expect(minutes.length).toBeGreaterThanOrEqual(5);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
