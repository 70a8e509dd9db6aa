/** Schedules of CronJobs as text (`github.com/robfig/cron/v3`, standard parser). */
import { parseDuration } from '../machinery/go-duration.ts';
import { timeZoneError } from '../machinery/time-zones.ts';

/** Minutes, hours, days, months and weekdays at which something is due; or a period. */
export type Schedule = CalendarSchedule | PeriodicSchedule;

export interface CalendarSchedule {
  /** By the value: whether it is one of them. Months begin with 1, weekdays with Sunday. */
  minutes: Values;
  hours: Values;
  days: Values;
  months: Values;
  weekdays: Values;
  /** Both day and weekday must match; one is enough where neither was written as a star. */
  needsBoth: boolean;
  /** The zone that the text names itself. */
  timeZone?: string;
}

export interface PeriodicSchedule {
  /** Milliseconds: whole seconds, at least one. */
  every: number;
}

type Values = readonly boolean[];

interface Unit {
  min: number;
  max: number;
  names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const UNITS: readonly Unit[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', ...MONTHS] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const NOTHING_BEHIND = 'invalid schedule format: runtime error: slice bounds out of range [:-1]';
const EVERY = '@every ';
const SECOND = 1000;

/** The problem with a schedule, in the parser's words; undefined when it is good. */
export function scheduleError(schedule: string): string | undefined {
  const parsed = parseSchedule(schedule);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** A schedule, or the parser's words about its text. */
export function parseSchedule(schedule: string): Schedule | string {
  const [prefix = '', timeZone] = /^(?:CRON_)?TZ=([^ ]*) /.exec(schedule) ?? [];
  // The parser fails over a zone that nothing follows, and tells how.
  if (timeZone === undefined && /^(?:CRON_)?TZ=/.test(schedule)) return NOTHING_BEHIND;
  const problem = timeZone === undefined ? undefined : timeZoneError(timeZone);
  if (problem !== undefined) return `provided bad location ${timeZone}: ${problem}`;
  const text = prefix === '' ? schedule : schedule.slice(prefix.length).trim();
  const zone = timeZone === undefined ? {} : { timeZone };
  if (!text.startsWith('@')) return fieldsOf(text, zone);
  const fields = Object.hasOwn(DESCRIPTORS, text) ? DESCRIPTORS[text] : undefined;
  if (fields !== undefined) return fieldsOf(fields, zone);
  if (!text.startsWith(EVERY)) return `unrecognized descriptor: ${text}`;
  const period = parseDuration(text.slice(EVERY.length));
  if (typeof period === 'string') return `failed to parse duration ${text}: time: ${period}`;
  return { every: Math.max(SECOND, Number(period / 1_000_000_000n) * SECOND) };
}

function fieldsOf(text: string, zone: Pick<CalendarSchedule, 'timeZone'>): Schedule | string {
  const fields = text.split(/\s+/).filter(Boolean);
  if (fields.length !== UNITS.length) {
    return `expected exactly ${UNITS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  const read: Field[] = [];
  for (const [index, unit] of UNITS.entries()) {
    const field = readField(fields[index] ?? '', unit);
    if (typeof field === 'string') return field;
    read.push(field);
  }
  const [minutes, hours, days, months, weekdays] = read as [Field, Field, Field, Field, Field];
  return {
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    needsBoth: days.isStar || weekdays.isStar,
    ...zone,
  };
}

interface Field {
  values: boolean[];
  /** A star, or a question mark, stands among its ranges, without a step. */
  isStar: boolean;
}

function readField(text: string, unit: Unit): Field | string {
  const field: Field = { values: new Array<boolean>(unit.max + 1).fill(false), isStar: false };
  // Empty ranges between commas are passed over (`strings.FieldsFunc`).
  for (const part of text.split(',').filter(Boolean)) {
    const range = readRange(part, unit);
    if (typeof range === 'string') return range;
    for (let value = range.start; value <= range.end; value += range.step) field.values[value] = true;
    field.isStar ||= range.isStar;
  }
  return field;
}

interface Range {
  start: number;
  end: number;
  step: number;
  isStar: boolean;
}

function readRange(range: string, unit: Unit): Range | string {
  const [span = '', step, ...moreSteps] = range.split('/');
  const [low = '', high, ...moreHyphens] = span.split('-');
  const isStar = low === '*' || low === '?';
  let start = unit.min;
  let end = unit.max;
  if (!isStar) {
    const first = parse(low, unit);
    if (typeof first === 'string') return first;
    if (moreHyphens.length > 0) return `too many hyphens: ${range}`;
    const last = high === undefined ? first : parse(high, unit);
    if (typeof last === 'string') return last;
    start = first;
    end = last;
  }
  if (moreSteps.length > 0) return `too many slashes: ${range}`;
  const every = step === undefined ? 1 : parse(step, { min: 0, max: 0 });
  if (typeof every === 'string') return every;
  if (step !== undefined && high === undefined) end = unit.max;
  if (start < unit.min) return `beginning of range (${start}) below minimum (${unit.min}): ${range}`;
  if (end > unit.max) return `end of range (${end}) above maximum (${unit.max}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  if (every === 0) return `step of range should be a positive number: ${range}`;
  return { start, end, step: every, isStar: isStar && every === 1 };
}

/** A number, or the problem with its text. */
function parse(text: string, { names }: Unit): number | string {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  if (named >= 0) return named;
  const failed = (why: string): string =>
    `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${why}`;
  if (!/^[+-]?\d+$/.test(text)) return failed('invalid syntax');
  const number = BigInt(text.replace('+', ''));
  if (BigInt.asIntN(64, number) !== number) return failed('value out of range');
  return number < 0n ? `negative number (${number}) not allowed: ${text}` : Number(number);
}
