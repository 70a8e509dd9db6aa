/**
 * cronjob-controller (upstream `pkg/controller/cronjob/cronjob_controllerv2.go`): Jobs at the times of a schedule. Between
 * two times it is woken by nothing but its Jobs: the next one is a timer.
 */

import { sameJson } from '../../kube/machinery/equality.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { timeOf } from '../../kube/machinery/time.ts';
import { timeZoneError } from '../../kube/machinery/time-zones.ts';
import type { CronJob } from '../../kube/types.ts';
import { createJob, deleteJob, JOBS, jobEnds, jobName, jobsOf, surplus } from './cronjob/jobs.ts';
import { Progress } from './cronjob/status.ts';
import { type Calendar, calendarOf, unmetTime, untilNext } from './cronjob/times.ts';
import { type DelayedKey, defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const CRON_JOBS = 'cronjobs.batch';

const scheduleOf = defineProjection<string>({
  field: 'schedule',
  resource: CRON_JOBS,
  compute(object, intern) {
    const { schedule = '', timeZone = '' } = (object as unknown as CronJob).spec ?? {};
    return intern.text(`${timeZone} ${schedule}`);
  },
});

export const cronJobController = defineController({
  name: 'cronjob-controller',
  for: CRON_JOBS,
  filter: (change) => !isOtherSchedule(change),
  watches: [
    { resource: CRON_JOBS, map: onOtherSchedule },
    { resource: JOBS, map: onJob },
  ],
  projections: [scheduleOf, jobEnds],
  reconcile,
});

function isOtherSchedule({ before, after }: ObjectChange): boolean {
  const is = scheduleOf.of(after);
  const was = scheduleOf.of(before);
  return is !== undefined && was !== undefined && is !== was;
}

/** The times of the new schedule that lie behind do not count: the next one does. */
function onOtherSchedule(change: ObjectChange, _view: View, now: number): DelayedKey[] {
  if (!isOtherSchedule(change)) return [];
  const cronJob = change.object as unknown as CronJob;
  const calendar = calendarOf(cronJob);
  return typeof calendar === 'string' ? [] : [{ key: change.key, after: untilNext(cronJob, calendar, now) }];
}

/** A CronJob's knowledge of a Job changes twice: when it begins, and when it ends. */
function onJob({ before, after }: ObjectChange, view: View): Key[] {
  if (before && after && before.owner === after.owner && sameJson(jobEnds.of(before), jobEnds.of(after))) return [];
  return [before, after].flatMap((job) => {
    if (job?.owner?.kind !== 'CronJob') return [];
    return view.owner(job.owner, job.namespace)?.key ?? [];
  });
}

interface Next {
  /** Deletes the Jobs that the new one replaces. */
  replaced: readonly Action[];
  created: readonly Action[];
  /** Milliseconds; absent where only a change brings a next run. */
  requeueAfter?: number;
}

const AT_REST: Next = { replaced: [], created: [] };

function reconcile(key: Key, view: View, now: number): Plan {
  const { namespace, name } = parseKey(key);
  const cronJob = view.get<CronJob>(CRON_JOBS, namespace, name);
  if (!cronJob) return { actions: [] };
  const jobs = jobsOf(cronJob, view);
  const progress = new Progress(cronJob);
  progress.noteStarted(jobs);
  const old = surplus(cronJob, jobs);
  // A Job that is gone cannot tell that its time was met: the status does so first, and its change brings the next run.
  if (old.length > 0 && progress.update.length > 0) return { actions: progress.update };
  const apart = old.map(({ job }) => {
    progress.end(job.uid);
    return [deleteJob(cronJob, job.name, job.uid)];
  });
  progress.follow(jobs, view);
  const { replaced, created, requeueAfter } = isAtRest(progress) ? AT_REST : next(progress, now);
  return {
    apart,
    actions: [...progress.events, ...replaced, ...progress.update, ...created],
    ...(requeueAfter === undefined ? {} : { requeueAfter }),
  };
}

/** Whether it starts nothing until it is changed. */
function isAtRest(progress: Progress): boolean {
  const { metadata, spec } = progress.cronJob;
  if (metadata.deletionTimestamp) return true;
  const { timeZone } = spec ?? {};
  const problem = timeZone === undefined ? undefined : timeZoneError(timeZone);
  if (problem !== undefined) {
    progress.event('Warning', 'UnknownTimeZone', `invalid timeZone: ${JSON.stringify(timeZone)}: ${problem}`);
    return true;
  }
  return spec?.suspend === true;
}

/** The Job of the latest time that has come, unless its CronJob's policies are against it (`syncCronJob`). */
function next(progress: Progress, now: number): Next {
  const { cronJob, active } = progress;
  const { spec } = cronJob;
  const { schedule = '', concurrencyPolicy } = spec ?? {};
  if (schedule.includes('TZ')) {
    const advice = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';
    const message = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, ${advice}`;
    progress.event('Warning', 'UnsupportedSchedule', message);
  }
  const calendar = calendarOf(cronJob);
  if (typeof calendar === 'string') {
    const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${calendar}`;
    progress.event('Warning', 'UnparseableSchedule', message);
    return AT_REST;
  }
  const time = dueTime(progress, calendar, now);
  if (time === 'invalid') return AT_REST;
  const waiting: Next = { ...AT_REST, requeueAfter: untilNext(cronJob, calendar, now) };
  if (time === undefined) return waiting;
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    progress.event('Normal', 'JobAlreadyActive', message);
    return waiting;
  }
  const replaced = concurrencyPolicy === 'Replace' ? active : [];
  for (const { uid } of replaced) progress.end(uid);
  return {
    replaced: replaced.map(({ name = '', uid }) => deleteJob(cronJob, name, uid)),
    created: [createJob(cronJob, time, now)],
    requeueAfter: waiting.requeueAfter,
  };
}

/** The time of the Job that is to begin; undefined where none is due. */
function dueTime(progress: Progress, calendar: Calendar, now: number): number | 'invalid' | undefined {
  const { cronJob, active } = progress;
  const { schedule = '', startingDeadlineSeconds: deadline } = cronJob.spec ?? {};
  const unmet = unmetTime(cronJob, calendar, now);
  if (unmet === undefined) return undefined;
  if (typeof unmet === 'string') {
    progress.event('Warning', 'InvalidSchedule', `invalid schedule: ${schedule} : ${unmet}`);
    return 'invalid';
  }
  const { time, isOneOfMany } = unmet;
  if (isOneOfMany) {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    progress.event('Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
  }
  if (deadline !== undefined && deadline !== null && time + deadline * 1000 < now) {
    const when = new Date(time).toUTCString().replace('GMT', '+0000');
    progress.event('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${when}`);
    return undefined;
  }
  const isProcessed = timeOf(cronJob.status?.lastScheduleTime) === time;
  return isProcessed || active.some(({ name }) => name === jobName(cronJob, time)) ? undefined : time;
}
