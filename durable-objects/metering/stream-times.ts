/** The rows of {@link StreamMinutes}: streams that are open, and the time of each day, with how much of it was told. */
import type { ClusterMetering } from '../../wire/metering.ts';
import type { SqlPort } from '../store/sql/port.ts';
import { dayOf } from './day.ts';
import type { Meter } from './meter.ts';

/** Times in milliseconds since the epoch. */
export interface OpenStreamRow {
  session: string;
  node: string;
  since: number;
  /** The time up to which it was counted. */
  counted: number;
  /** Its agent was told to end it. */
  isEnding: boolean;
}

type Row = Omit<OpenStreamRow, 'isEnding'> & { ending: number };

/** Days that are kept. */
const DAYS = 31;

export class StreamTimes {
  readonly #sql: Pick<SqlPort, 'query' | 'first' | 'run'>;
  /** Whether the tables are there. */
  #exists: boolean | undefined;

  constructor(sql: Pick<SqlPort, 'query' | 'first' | 'run'>) {
    this.#sql = sql;
  }

  open(session: string, node: string, now: number): void {
    this.#make();
    this.#sql.run(
      'INSERT INTO islet_open_streams (session, node, since, counted, ending) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING',
      ...[session, node, now, now],
    );
  }

  all(): OpenStreamRow[] {
    return this.#rows('SELECT * FROM islet_open_streams');
  }

  openOf(node: string): OpenStreamRow[] {
    return this.#rows('SELECT * FROM islet_open_streams WHERE node = ?', node);
  }

  /** Counts what has gone by since the stream was counted last, and forgets it. */
  end(session: string, now: number): void {
    const [row] = this.#rows('SELECT * FROM islet_open_streams WHERE session = ?', session);
    if (!row) return;
    this.#add([row], now);
    this.#sql.run('DELETE FROM islet_open_streams WHERE session = ?', session);
  }

  /** Counts what has gone by of all that are open. */
  count(now: number): void {
    const open = this.all();
    if (open.length === 0) return;
    this.#add(open, now);
    this.#sql.run('UPDATE islet_open_streams SET counted = ?', now);
  }

  markEnding(sessions: readonly string[]): void {
    for (const session of sessions)
      this.#sql.run('UPDATE islet_open_streams SET ending = 1 WHERE session = ?', session);
  }

  untoldDays(): string[] {
    if (!this.#isThere()) return [];
    const rows = this.#sql.query<{ day: string }>('SELECT day FROM islet_stream_use WHERE ms > told ORDER BY day');
    return Array.from(rows, ({ day }) => day);
  }

  untold(day: string): number {
    if (!this.#isThere()) return 0;
    const sql = 'SELECT ms - told AS untold FROM islet_stream_use WHERE day = ?';
    return this.#sql.first<{ untold: number }>(sql, day)?.untold ?? 0;
  }

  told(day: string, ms: number): void {
    this.#sql.run('UPDATE islet_stream_use SET told = told + ? WHERE day = ?', ms, day);
  }

  /** Seconds by day, with those of open streams up to now. */
  use(now: number): { days: ReadonlyMap<string, number>; total: number } {
    if (!this.#isThere()) return { days: new Map(), total: 0 };
    const rows = [...this.#sql.query<{ day: string; ms: number }>('SELECT day, ms FROM islet_stream_use')];
    const days = new Map(rows.map(({ day, ms }) => [day, ms]));
    for (const [day, ms] of byDay(this.all(), now)) days.set(day, (days.get(day) ?? 0) + ms);
    const before = this.#sql.first<{ ms: number }>('SELECT ms FROM islet_stream_use_before')?.ms ?? 0;
    const total = [...days.values()].reduce((sum, ms) => sum + ms, before);
    return { days: new Map(Array.from(days, ([day, ms]) => [day, seconds(ms)])), total: seconds(total) };
  }

  #add(streams: readonly Pick<OpenStreamRow, 'counted'>[], now: number): void {
    for (const [day, ms] of byDay(streams, now)) this.#addTo(day, ms, now);
  }

  #addTo(day: string, ms: number, now: number): void {
    const { count = 0 } =
      this.#sql.first<{ count: number }>('SELECT count(*) AS count FROM islet_stream_use WHERE day < ?', day) ?? {};
    if (count > DAYS) this.#forget(dayOf(now - DAYS * DAY_MS));
    this.#sql.run(
      'INSERT INTO islet_stream_use (day, ms, told) VALUES (?, ?, 0) ON CONFLICT (day) DO UPDATE SET ms = ms + excluded.ms',
      ...[day, ms],
    );
  }

  /** Days before this one are one sum. */
  #forget(day: string): void {
    const { ms = 0 } =
      this.#sql.first<{ ms: number }>('SELECT coalesce(sum(ms), 0) AS ms FROM islet_stream_use WHERE day < ?', day) ??
      {};
    this.#sql.run('UPDATE islet_stream_use_before SET ms = ms + ?', ms);
    this.#sql.run('DELETE FROM islet_stream_use WHERE day < ?', day);
  }

  #rows(sql: string, ...bindings: string[]): OpenStreamRow[] {
    if (!this.#isThere()) return [];
    const rows = this.#sql.query<Row>(sql, ...bindings);
    return Array.from(rows, ({ ending, ...row }) => ({ ...row, isEnding: ending === 1 }));
  }

  #isThere(): boolean {
    this.#exists ??=
      this.#sql.first("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_stream_use_before'") !== undefined;
    return this.#exists;
  }

  #make(): void {
    if (this.#isThere()) return;
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_open_streams (
         session TEXT PRIMARY KEY, node TEXT NOT NULL, since INTEGER NOT NULL, counted INTEGER NOT NULL,
         ending INTEGER NOT NULL) WITHOUT ROWID`,
    );
    this.#sql.run(
      'CREATE TABLE IF NOT EXISTS islet_stream_use (day TEXT PRIMARY KEY, ms INTEGER NOT NULL, told INTEGER NOT NULL) WITHOUT ROWID',
    );
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_stream_use_before (ms INTEGER NOT NULL)');
    this.#sql.run('INSERT INTO islet_stream_use_before (ms) VALUES (0)');
    this.#exists = true;
  }
}

const DAY_MS = 24 * 3600_000;

/** The time since each was counted, to the days that it was in. */
function byDay(streams: readonly Pick<OpenStreamRow, 'counted'>[], now: number): Map<string, number> {
  const days = new Map<string, number>();
  for (const { counted } of streams) {
    let from = counted;
    while (from < now) {
      const to = Math.min(now, (Math.floor(from / DAY_MS) + 1) * DAY_MS);
      days.set(dayOf(from), (days.get(dayOf(from)) ?? 0) + to - from);
      from = to;
    }
  }
  return days;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

export function withStreams(
  { days, total, lastAsked }: ReturnType<Meter['use']>,
  streams: ReturnType<StreamTimes['use']>,
): Pick<ClusterMetering, 'days' | 'total' | 'lastAsked'> {
  return {
    days: days.map((each) => ({ ...each, streamSeconds: streams.days.get(each.day) ?? 0 })),
    total: { ...total, streamSeconds: streams.total },
    lastAsked,
  };
}
