import { expect, test } from 'vitest';
import { TestCronJob } from './cronjob/testing/cron-jobs.ts';

/** `tick-` and the minutes since the epoch. */
const nameAt = (time: string): string => `tick-${Date.parse(time) / 60_000}`;

test('a Job begins at each time of the schedule, and the status follows it to its end', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z');
  expect(cron.jobs).toEqual([]);
  await cron.until('2026-03-01T10:01:01Z');
  const name = nameAt('2026-03-01T10:01:00Z');
  expect(cron.jobs).toMatchObject([
    {
      metadata: {
        name,
        labels: { app: 'tick' },
        annotations: { note: 'kept', 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-03-01T10:01:00Z' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', controller: true }],
      },
      spec: { template: { spec: { restartPolicy: 'Never' } } },
    },
  ]);
  expect(cron.status).toMatchObject({
    active: [{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name, uid: cron.jobs[0]?.metadata.uid }],
    lastScheduleTime: '2026-03-01T10:01:00Z',
  });
  await cron.end(name);
  expect(cron.status).toEqual({
    lastScheduleTime: '2026-03-01T10:01:00Z',
    lastSuccessfulTime: cron.jobs[0]?.status?.completionTime,
  });
  expect(cron.events).toEqual([
    `SuccessfulCreate: Created job ${name}`,
    `SawCompletedJob: Saw completed job: ${name}, condition: Complete`,
  ]);
  expect(cron.harness.errors).toEqual([]);
});

test('after a month of sleep only the latest time is made up for', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { schedule: '*/10 * * * *' });
  cron.harness.die();
  cron.harness.time.advance(31 * 86_400_000);
  cron.harness.kill();
  await cron.settle();
  expect(cron.times).toEqual(['2026-04-01T10:00:00Z']);
  expect(cron.status.lastScheduleTime).toBe('2026-04-01T10:00:00Z');
  expect(cron.events[0]).toBe(
    'TooManyMissedTimes: too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
  );
});

test('a time that lies too far behind is missed', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { schedule: '0 * * * *', startingDeadlineSeconds: 60 });
  cron.harness.die();
  cron.harness.time.advance(61 * 60_000);
  cron.harness.kill();
  await cron.settle();
  expect([cron.jobs, cron.events]).toEqual([[], []]);
  await cron.until('2026-03-01T12:00:01Z');
  expect(cron.times).toEqual(['2026-03-01T12:00:00Z']);
});

test('the time zone says when, and stands in the annotation', async () => {
  const cron = await TestCronJob.of('2026-03-28T12:00:00Z', { schedule: '30 3 * * *', timeZone: 'Europe/Berlin' });
  await cron.until('2026-03-29T01:29:59Z');
  expect(cron.jobs).toEqual([]);
  await cron.until('2026-03-29T01:30:01Z');
  expect(cron.times).toEqual(['2026-03-29T03:30:00+02:00']);
});

test('Forbid lets no Job begin beside another; Replace deletes the other', async () => {
  const [first, second] = [nameAt('2026-03-01T10:01:00Z'), nameAt('2026-03-01T10:02:00Z')];
  const forbid = await TestCronJob.of('2026-03-01T10:00:30Z', { concurrencyPolicy: 'Forbid' });
  await forbid.until('2026-03-01T10:02:30Z');
  expect(forbid.active).toEqual([first]);
  expect(forbid.events.at(-1)).toBe(
    'JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
  );
  // The time that it held up is made up for.
  await forbid.end(first);
  expect(forbid.active).toEqual([second]);
  const replace = await TestCronJob.of('2026-03-01T10:00:30Z', { concurrencyPolicy: 'Replace' });
  await replace.until('2026-03-01T10:02:30Z');
  expect([replace.active, replace.jobs.map(({ metadata }) => metadata.name)]).toEqual([[second], [second]]);
  expect(replace.events.slice(1)).toEqual([
    `SuccessfulDelete: Deleted job ${first}`,
    `SuccessfulCreate: Created job ${second}`,
  ]);
  const allow = await TestCronJob.of('2026-03-01T10:00:30Z');
  await allow.until('2026-03-01T10:02:30Z');
  expect(allow.active).toEqual([first, second]);
});

test('of the Jobs that have ended the oldest go', async () => {
  const limits = { successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 0 };
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', limits);
  const minutes = ['01', '02', '03', '04'].map((minute) => `2026-03-01T10:${minute}:00Z`);
  for (const [index, minute] of minutes.entries()) {
    await cron.until(minute.replace('00Z', '30Z'));
    await cron.end(nameAt(minute), index === 1 ? 'Failed' : 'Complete');
  }
  expect(cron.times).toEqual([minutes[2], minutes[3]]);
  expect(cron.events.filter((event) => event.startsWith('SuccessfulDelete'))).toEqual([
    `SuccessfulDelete: Deleted job ${nameAt(minutes[1]!)}`,
    `SuccessfulDelete: Deleted job ${nameAt(minutes[0]!)}`,
  ]);
});

test('nothing begins while it is suspended, and what was missed is made up for afterwards', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { suspend: true });
  await cron.until('2026-03-01T10:05:30Z');
  expect(cron.jobs).toEqual([]);
  await cron.change({ spec: { suspend: false } });
  expect(cron.times).toEqual(['2026-03-01T10:05:00Z']);
});

test('times of a new schedule count from now on', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { schedule: '0 0 * * *' });
  await cron.until('2026-03-01T10:25:30Z');
  await cron.change({ spec: { schedule: '*/10 * * * *' } });
  expect(cron.jobs).toEqual([]);
  await cron.until('2026-03-01T10:30:01Z');
  expect(cron.times).toEqual(['2026-03-01T10:30:00Z']);
});

test('a Job that went missing is active no more, and one that was not made by the schedule is told of', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z');
  await cron.until('2026-03-01T10:01:30Z');
  const [made] = cron.jobs;
  await cron.harness.api.apply('jobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'by-hand', namespace: 'default', ownerReferences: made?.metadata.ownerReferences },
    spec: {},
    status: {},
  });
  await cron.settle();
  await cron.harness.api.remove('jobs.batch', 'default', made?.metadata.name ?? '');
  await cron.settle();
  expect(cron.status.active).toBeUndefined();
  expect(cron.events).toEqual(
    expect.arrayContaining([
      'UnexpectedJob: Saw a job that the controller did not create or forgot: by-hand',
      `MissingJob: Active job went missing: ${made?.metadata.name}`,
    ]),
  );
});

test('a schedule that is never due, or cannot be read, wakes nothing', async () => {
  const never = await TestCronJob.of('2026-03-01T10:00:30Z', { schedule: '0 0 31 2 *' });
  await never.until('2026-03-05T10:00:30Z');
  expect([never.jobs, never.events]).toEqual([
    [],
    ['InvalidSchedule: invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second'],
  ]);
  const old = await TestCronJob.of('2026-03-01T10:00:30Z', { schedule: 'x' });
  expect(old.events[0]).toMatch(/^UnparseableSchedule: unparseable schedule: "x" : expected exactly 5 fields/);
});
