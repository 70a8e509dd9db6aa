/** The times at which a schedule is due (`github.com/robfig/cron/v3` SpecSchedule.Next, ConstantDelaySchedule.Next). */
import type { CalendarSchedule, Schedule } from './schedule.ts';
import { type Zone, zoneOf } from './zone.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** A schedule that is not due within so many years never is. */
const YEARS = 5;

/**
 * The first time after `after` at which the schedule is due, in milliseconds since the epoch; undefined where there is
 * none within five years. `timeZone`: for a schedule that names none itself.
 */
export function nextTime(schedule: Schedule, after: number, timeZone = 'UTC'): number | undefined {
  if ('every' in schedule) return Math.floor(after / SECOND) * SECOND + schedule.every;
  return new Search(schedule, zoneOf(schedule.timeZone ?? timeZone)).from(after);
}

class Search {
  readonly #schedule: CalendarSchedule;
  readonly #zone: Zone;

  constructor(schedule: CalendarSchedule, zone: Zone) {
    this.#schedule = schedule;
    this.#zone = zone;
  }

  from(after: number): number | undefined {
    const { months, hours, minutes } = this.#schedule;
    // Fields of nothing but commas: no minute of five years would be one of them.
    if ([months, hours, minutes].some((values) => !values.includes(true))) return undefined;
    const zone = this.#zone;
    let time = Math.floor(after / SECOND) * SECOND + SECOND;
    const lastYear = zone.fields(time).year + YEARS;
    for (;;) {
      const at = zone.fields(time);
      if (at.year > lastYear) return undefined;
      const nextHour = nextMultiple(time + zone.offset(time), HOUR) - zone.offset(time);
      // A day that its zone left out (Pacific/Apia, 2011-12-30) begins in the past: hour by hour it is passed over.
      if (!months[at.month]) time = Math.max(nextHour, this.#startOf(at.year, at.month + 1, 1));
      else if (!this.#isDay(at)) time = Math.max(nextHour, this.#startOf(at.year, at.month, at.day + 1));
      else if (!hours[at.hour]) time = nextHour;
      else if (!minutes[at.minute] || at.second !== 0) time = nextMultiple(time, MINUTE);
      else return time;
    }
  }

  #isDay({ day, weekday }: { day: number; weekday: number }): boolean {
    const { days, weekdays, needsBoth } = this.#schedule;
    return needsBoth
      ? days[day] === true && weekdays[weekday] === true
      : days[day] === true || weekdays[weekday] === true;
  }

  /** Midnight, or the first hour of a day whose midnight a change of the clock skips. */
  #startOf(year: number, month: number, day: number): number {
    const midnight = this.#zone.instant(year, month, day);
    const { hour } = this.#zone.fields(midnight);
    return hour > 12 ? midnight + (24 - hour) * HOUR : midnight;
  }
}

/** The first multiple of `unit` after `time`. */
function nextMultiple(time: number, unit: number): number {
  return (Math.floor(time / unit) + 1) * unit;
}
