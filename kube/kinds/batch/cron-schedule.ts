/** Schedules of CronJobs, as far as they can be wrong (`github.com/robfig/cron/v3`, standard parser). */
import { parseDuration } from '../../machinery/request-timeout.ts';

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
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

const EVERY = '@every ';

/** The problem with a schedule, in the parser's words; undefined when it is good. */
export function scheduleError(schedule: string): string | undefined {
  // A time zone stands in front of the fields; another rule forbids it.
  const text = schedule.replace(/^(CRON_)?TZ=\S*\s+/, '');
  if (text.startsWith('@')) {
    if (DESCRIPTORS.includes(text)) return undefined;
    if (!text.startsWith(EVERY)) return `unrecognized descriptor: ${text}`;
    const period = parseDuration(text.slice(EVERY.length));
    return typeof period === 'string' ? `failed to parse duration ${text}: time: ${period}` : undefined;
  }
  const fields = text.split(/\s+/).filter(Boolean);
  if (fields.length !== UNITS.length) {
    return `expected exactly ${UNITS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  for (const [index, unit] of UNITS.entries()) {
    // Empty ones between commas are passed over (`strings.FieldsFunc`).
    for (const range of (fields[index] ?? '').split(',').filter(Boolean)) {
      const error = rangeError(range, unit);
      if (error) return error;
    }
  }
  return undefined;
}

function rangeError(range: string, unit: Unit): string | undefined {
  const [span = '', step, ...moreSteps] = range.split('/');
  const [low = '', high, ...moreHyphens] = span.split('-');
  if (moreSteps.length > 0) return `too many slashes: ${range}`;
  if (moreHyphens.length > 0) return `too many hyphens: ${range}`;
  let start = unit.min;
  let end = unit.max;
  if (low !== '*' && low !== '?') {
    const first = parse(low, unit);
    const last = high === undefined ? first : parse(high, unit);
    if (typeof first === 'string') return first;
    if (typeof last === 'string') return last;
    start = first;
    end = high === undefined && step !== undefined ? unit.max : last;
  }
  if (step !== undefined) {
    const every = parse(step, { min: 0, max: 0 });
    if (typeof every === 'string') return every;
    if (every === 0) return `step of range should be a positive number: ${range}`;
  }
  if (start < unit.min) return `beginning of range (${start}) below minimum (${unit.min}): ${range}`;
  if (end > unit.max) return `end of range (${end}) above maximum (${unit.max}): ${range}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${range}`;
  return undefined;
}

/** A number, or the problem with its text. */
function parse(text: string, { names }: Unit): number | string {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  if (named >= 0) return named;
  if (/^\+?\d+$/.test(text)) return Number(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
