/** The clock of a time zone: its calendar fields at an instant, and the instant of calendar fields (Go `time.Date`). */

export interface Fields {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday. */
  weekday: number;
}

/** Transitions of zones lie on quarters of an hour. */
const QUARTER = 900_000;
const MAX_KNOWN_OFFSETS = 4096;

export class Zone {
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #offsets = new Map<number, number>();

  /** `name`: of the IANA database; throws RangeError for one that the runtime does not know. */
  constructor(name: string) {
    if (name === '' || name === 'UTC') return;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Milliseconds that the zone's clock is ahead of UTC at an instant (milliseconds since the epoch). */
  offset(instant: number): number {
    if (!this.#format) return 0;
    const quarter = Math.floor(instant / QUARTER);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const offset = offsetBy(this.#format, quarter * QUARTER);
    if (this.#offsets.size >= MAX_KNOWN_OFFSETS) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  fields(instant: number): Fields {
    const local = new Date(instant + this.offset(instant));
    return {
      year: local.getUTCFullYear(),
      month: local.getUTCMonth() + 1,
      day: local.getUTCDate(),
      hour: local.getUTCHours(),
      minute: local.getUTCMinutes(),
      second: local.getUTCSeconds(),
      weekday: local.getUTCDay(),
    };
  }

  /**
   * The instant of calendar fields, which may lie beyond their ranges (month 13 is the next January). Of a time that a
   * change of the clock skips or repeats, one of the two is taken, as Go does.
   */
  instant(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    const guess = this.offset(local);
    return guess === 0 ? local : local - this.offset(local - guess);
  }

  /** RFC 3339 in the zone's time: `2026-11-01T02:30:00+01:00`. */
  rfc3339(instant: number): string {
    const offset = this.offset(instant);
    const text = new Date(instant + offset).toISOString().slice(0, 19);
    if (offset === 0) return `${text}Z`;
    const minutes = Math.abs(Math.trunc(offset / 60_000));
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  }
}

function offsetBy(format: Intl.DateTimeFormat, instant: number): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = value;
  const { era, year, month, day, hour, minute, second } = parts;
  const signedYear = era === 'BC' ? 1 - Number(year) : Number(year);
  return Date.UTC(signedYear, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - instant;
}

const zones = new Map<string, Zone>();

/** The zone of a name, made once. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}
