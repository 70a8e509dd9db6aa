/** A clock that jumps by an hour, a day and a month: few writes follow, pods stay, and times that come are kept. */
import { expect, test } from 'vitest';
import type { CronJob, Job, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const BATCH = '/apis/batch/v1/namespaces/default';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const template = (app: string, spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

async function started(): Promise<TestCluster> {
  const cluster = await TestCluster.start();
  const once = { template: template('once', { restartPolicy: 'Never' }) };
  const cron = { schedule: '* * * * *', jobTemplate: { spec: once } };
  await cluster.must(`POST ${BATCH}/cronjobs`, { metadata: { name: 'c' }, spec: cron });
  const job = { ttlSecondsAfterFinished: 600, activeDeadlineSeconds: 600, ...once };
  await cluster.must(`POST ${BATCH}/jobs`, { metadata: { name: 'j' }, spec: job });
  const web = { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template('web') };
  await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'web' }, spec: web });
  await cluster.advance(5 * MINUTE);
  return cluster;
}

const web = async (cluster: TestCluster): Promise<(string | undefined)[]> =>
  (await cluster.list<Pod>(`${NS}/pods?labelSelector=app%3Dweb`)).map(({ metadata }) => metadata.uid).sort();

test.each([HOUR, DAY, 30 * DAY])('a clock set back by %i ms', async (back) => {
  const cluster = await started();
  const before = await web(cluster);
  const rows = cluster.rowsWritten;
  cluster.setBack(back);
  await cluster.must(`POST ${NS}/configmaps`, { metadata: { name: 'wakes' } });
  await cluster.advance(10 * MINUTE);
  expect(cluster.rowsWritten - rows).toBeLessThan(100);
  expect(await web(cluster)).toEqual(before);
  const jobs = (await cluster.list<Job>(`${BATCH}/jobs`)).length;
  // It goes on once the clock is where it was, as upstream.
  cluster.setBack(-back);
  await cluster.advance(3 * MINUTE);
  const { status } = await cluster.must<CronJob>(`GET ${BATCH}/cronjobs/c`);
  expect(cluster.now - Date.parse(status?.lastScheduleTime ?? '')).toBeLessThan(MINUTE + 5000);
  expect(jobs).toBeGreaterThan(0);
  expect(cluster.reported).toEqual([]);
});

test.each([HOUR, DAY, 30 * DAY])('a clock set on by %i ms', async (on) => {
  const cluster = await started();
  const before = await web(cluster);
  const rows = cluster.rowsWritten;
  cluster.setBack(-on);
  await cluster.advance(5 * MINUTE);
  // The minutes that were passed over have one Job, and each since then has its own.
  expect(cluster.rowsWritten - rows).toBeLessThan(1000);
  expect(await web(cluster)).toEqual(before);
  const { status } = await cluster.must<CronJob>(`GET ${BATCH}/cronjobs/c`);
  expect(cluster.now - Date.parse(status?.lastScheduleTime ?? '')).toBeLessThan(MINUTE + 5000);
  expect((await cluster.send(`GET ${BATCH}/jobs/j`)).status).toBe(404);
  expect(cluster.reported).toEqual([]);
});
