/** The times of a CronJob's schedule that were missed, and the next one (`pkg/controller/cronjob/utils.go`). */
import { nextTime } from '../../../kube/cron/next.ts';
import { parseSchedule, type Schedule } from '../../../kube/cron/schedule.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import { timeZoneError } from '../../../kube/machinery/time-zones.ts';
import type { CronJob } from '../../../kube/types.ts';

/** A run is looked for so much later than it is due, for clocks that differ (`nextScheduleDelta`). */
const DELAY_MS = 100;
const SECOND = 1000;
const MANY = 100;
/** A schedule that is never due again is due at Go's zero time, which is before every other. */
const ZERO_TIME = Date.parse('0001-01-01T00:00:00Z');

export interface Calendar {
  schedule: Schedule;
  timeZone: string;
}

/** The problem with the schedule in the parser's words, where it cannot be read. */
export function calendarOf({ spec }: CronJob): Calendar | string {
  const schedule = parseSchedule(spec?.schedule ?? '');
  if (typeof schedule === 'string') return schedule;
  const { timeZone = '' } = spec ?? {};
  return { schedule, timeZone: timeZoneError(timeZone) === undefined ? timeZone : '' };
}

export interface Unmet {
  /** The latest time that has come, in milliseconds since the epoch. */
  time: number;
  /** Over a hundred were missed. */
  isOneOfMany: boolean;
}

/** The latest time at which a run was due and has not begun (`nextScheduleTime`); an error's text where time stands still. */
export function unmetTime(cronJob: CronJob, calendar: Calendar, now: number): Unmet | string | undefined {
  const recent = mostRecent(cronJob, calendar, now, true);
  if (typeof recent === 'string') return recent;
  return recent.time === undefined ? undefined : { time: recent.time, isOneOfMany: recent.missed > MANY };
}

/** Milliseconds until the CronJob is to be looked at again (`nextScheduleTimeDuration`). */
export function untilNext(cronJob: CronJob, calendar: Calendar, now: number): number {
  const recent = mostRecent(cronJob, calendar, now, false);
  const from = typeof recent === 'string' ? now : (recent.time ?? (recent.missed === 0 ? recent.earliest : now));
  return Math.max(0, next(calendar, from) + DELAY_MS - now);
}

interface Recent {
  /** Times of the schedule count from then on, in milliseconds since the epoch. */
  earliest: number;
  time?: number;
  /** How many times have passed, roughly; none where the first two tell it. */
  missed: number;
}

function mostRecent(
  { metadata, spec, status }: CronJob,
  calendar: Calendar,
  now: number,
  hasDeadline: boolean,
): Recent | string {
  const begun = timeOf(status?.lastScheduleTime ?? metadata.creationTimestamp);
  const deadline = hasDeadline ? spec?.startingDeadlineSeconds : undefined;
  const earliest = Math.max(begun, deadline === undefined || deadline === null ? begun : now - deadline * SECOND);
  const first = next(calendar, earliest);
  const second = next(calendar, first);
  if (now < first) return { earliest, missed: 0 };
  if (now < second) return { earliest, time: first, missed: 0 };
  const period = Math.round((second - first) / SECOND);
  if (period < 1) return 'time difference between two schedules is less than 1 second';
  const missed = Math.floor(Math.trunc((now - first) / SECOND) / period) + 1;
  let time: number | undefined;
  // One period further back, as they may differ in length.
  for (let due = next(calendar, first + (missed - 2) * period * SECOND); due <= now; due = next(calendar, due)) {
    if (due <= (time ?? ZERO_TIME)) break;
    time = due;
  }
  return { earliest, time, missed };
}

function next({ schedule, timeZone }: Calendar, after: number): number {
  return nextTime(schedule, after, timeZone) ?? ZERO_TIME;
}
