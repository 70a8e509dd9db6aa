/** Parts of times and durations (cel-go `cel/library.go`, `common/types/timestamp.go`, `duration.go`). */
import { RecentMap } from '../../../recent-map.ts';
import { timeZoneError } from '../../../time-zones.ts';
import { work } from '../../eval/work.ts';
import { civilTime } from '../../values/time-formats.ts';
import { CelError, type Duration, type Timestamp, type Value } from '../../values/value.ts';
import { type Library, overload } from '../define.ts';

const SECOND = 1_000_000_000n;

/** The wall clock there, as a Date whose UTC parts are read, and the years to add to it. */
type Part = (date: Date, years: number) => number;

const DAY = 86_400_000;
const PARTS: readonly [string, string, Part][] = [
  ['getFullYear', 'year', (date, years) => date.getUTCFullYear() + years],
  ['getMonth', 'month', (date) => date.getUTCMonth()],
  ['getDayOfYear', 'day_of_year', (date) => Math.floor((date.getTime() - startOfYear(date)) / DAY)],
  ['getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1],
  ['getDate', 'day_of_month_1_based', (date) => date.getUTCDate()],
  ['getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()],
  ['getHours', 'hours', (date) => date.getUTCHours()],
  ['getMinutes', 'minutes', (date) => date.getUTCMinutes()],
  ['getSeconds', 'seconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds()],
];

function startOfYear(date: Date): number {
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return start.getTime();
}

function local({ nanos }: Timestamp, offset: number) {
  return civilTime(nanos + BigInt(offset) * SECOND);
}

function read(part: Part, time: Timestamp, offset: number): bigint {
  const { date, years } = local(time, offset);
  return BigInt(part(date, years));
}

/** By zone. One takes a quarter of a millisecond to make. */
const formats = new RecentMap<Intl.DateTimeFormat>(20);
/** Steps of an evaluation in the same time. */
const MAKING = 500;

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    work(MAKING);
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  return format;
}

const NUMBER = /^[+-]?\d{1,15}$/;

/** Seconds east of UTC: of `+05:30`, or of a place at that time (`timeZone` in cel-go's `common/types/timestamp.go`). */
function offsetIn(zone: string, time: Timestamp): number | CelError {
  const colon = zone.indexOf(':');
  if (colon !== -1) {
    const parts = [zone.slice(0, colon), zone.slice(colon + 1)];
    const wrong = parts.find((part) => !NUMBER.test(part));
    if (wrong !== undefined) return new CelError(`strconv.Atoi: parsing ${JSON.stringify(wrong)}: invalid syntax`);
    const [hours = 0, minutes = 0] = parts.map(Number);
    const offset = hours * 60 + (zone.startsWith('-') ? -minutes : minutes);
    // As a duration, which wraps around.
    return Number(BigInt.asIntN(64, BigInt(offset) * 60n * SECOND) / SECOND);
  }
  const error = timeZoneError(zone);
  if (error !== undefined) return new CelError(error);
  if (zone === 'UTC' || zone === '' || zone === 'Local') return 0;
  const name =
    formatOf(zone)
      .formatToParts(local(time, 0).date)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes, seconds = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  if (!sign) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

const durationPart = (unit: bigint) => (duration: Duration) => duration.nanos / unit;
const OF_DURATION: Readonly<Record<string, (duration: Duration) => Value>> = {
  hours: durationPart(3600n * SECOND),
  minutes: durationPart(60n * SECOND),
  seconds: durationPart(SECOND),
  milliseconds: durationPart(1_000_000n),
};

export const TIMES: Library = Object.fromEntries(
  PARTS.map(([name, id, part]) => {
    const ofDuration = OF_DURATION[id];
    const zoned = id === 'seconds' ? `timestamp_to_${id}_tz` : `timestamp_to_${id}_with_tz`;
    return [
      name,
      [
        overload(`timestamp_to_${id}`, '.timestamp -> int', (time: Timestamp) => read(part, time, 0)),
        overload(zoned, '.timestamp, string -> int', (time: Timestamp, zone: string) => {
          const offset = offsetIn(zone, time);
          return offset instanceof CelError ? offset : read(part, time, offset);
        }),
        ...(ofDuration ? [overload(`duration_to_${id}`, '.duration -> int', ofDuration)] : []),
      ],
    ];
  }),
);
