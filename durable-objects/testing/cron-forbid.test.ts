/**
 * CronJobs that forbid concurrency, which users suspend, reschedule and delete, in an object that dies at any write and
 * sleeps through minutes: at no revision does one run two Jobs, and no minute has two.
 */
import { expect, test } from 'vitest';
import type { CronJob, Job } from '../../kube/types.ts';
import { type Actions, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';
import { allOf, history, isControlledBy } from './history.ts';

const MERGE = 'application/merge-patch+json';
const CRON_JOBS = '/apis/batch/v1/namespaces/default/cronjobs';
const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const NAMES = ['x', 'y'];
const MINUTE = 60_000;
const STEPS = 50;

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const schedule = () => pick(['* * * * *', '*/2 * * * *']);
  const create = () => {
    const annotations = { 'islet.dev/simulated-exit-after': pick(['1', '70', '130']) };
    const podSpec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] };
    const template = { metadata: { annotations }, spec: podSpec };
    const spec = {
      schedule: schedule(),
      concurrencyPolicy: pick(['Forbid', 'Forbid', 'Replace']),
      ...pick([{}, { startingDeadlineSeconds: 30 }]),
      successfulJobsHistoryLimit: below(3),
      jobTemplate: { spec: { template } },
    };
    return send(`POST ${CRON_JOBS}`, { metadata: { name: pick(NAMES) }, spec });
  };
  const change = (spec: object) => send(`PATCH ${CRON_JOBS}/${pick(NAMES)}`, { spec }, MERGE);
  const propagationPolicy = () => pick(['Background', 'Foreground']);
  return [
    create,
    create,
    () => change({ suspend: next() < 0.3 }),
    () => change({ schedule: schedule() }),
    () => send(`DELETE ${CRON_JOBS}/${pick(NAMES)}`, { propagationPolicy: propagationPolicy() }),
    async () => {
      const jobs = await cluster.list<Job>(JOBS);
      if (jobs.length === 0) return;
      await send(`DELETE ${JOBS}/${pick(jobs).metadata.name}`, { propagationPolicy: propagationPolicy() });
    },
    // A client writes a status that says nothing of what runs.
    () => send(`PATCH ${CRON_JOBS}/${pick(NAMES)}/status`, { status: { lastScheduleTime: null } }, MERGE),
    () => cluster.advance(below(MINUTE)),
    () => cluster.advance(below(5 * MINUTE)),
    () => cluster.advance(below(5 * MINUTE)),
  ];
};

const isRunning = ({ status }: Job): boolean =>
  !status?.conditions?.some(({ type, status: is }) => ['Complete', 'Failed'].includes(type) && is === 'True');

/** The revisions at which a CronJob had more than one Job that runs, or made a second one for a time. */
function doubles(cluster: TestCluster): unknown[] {
  const wrong: unknown[] = [];
  const made = new Set<string>();
  for (const { written, state } of history(cluster)) {
    const { resource, before, after, revision, key } = written;
    // A time that is forgotten may come again.
    if (resource === 'cronjobs.batch' && !(after as CronJob | undefined)?.status?.lastScheduleTime) made.clear();
    if (resource !== 'jobs.batch' || before || !after) continue;
    const owner = after.metadata.ownerReferences?.[0]?.uid;
    const time = `${owner} ${after.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']}`;
    if (made.has(time)) wrong.push({ revision, key, time });
    made.add(time);
    const cronJob = allOf<CronJob>(state, 'cronjobs.batch').find(({ metadata }) => metadata.uid === owner);
    const jobs = allOf<Job>(state, 'jobs.batch').filter((job) => isControlledBy(owner, job) && isRunning(job));
    // One that is replaced is being deleted when the next is made.
    const others = jobs.filter(({ metadata }) => !metadata.deletionTimestamp);
    if (cronJob && others.length > 1) wrong.push({ revision, key, jobs: jobs.map(({ metadata }) => metadata.name) });
  }
  return wrong;
}

test.each(seeds(1, 2, 3, 4))(
  'a CronJob that forbids it never runs two Jobs, whatever happens (%i)',
  async (seed) => {
    const { cluster } = await led(seed, actions, STEPS);
    expect(doubles(cluster)).toEqual([]);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
