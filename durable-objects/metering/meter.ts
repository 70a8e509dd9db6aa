/**
 * Counts what a cluster uses, in memory, and keeps a row for each day. It is written with what goes on anyway, once a
 * minute at most unless much has come together, and wakes nothing: what the last minute before a sleep had is lost.
 */
import type { DayUse } from '../../wire/metering.ts';
import type { RowCounter } from '../store/sql/durable-object.ts';
import type { SqlPort } from '../store/sql/port.ts';
import { dayOf, MINUTE } from './day.ts';

/** Streams are counted elsewhere (`stream-times.ts`). */
export type MeteredDay = Omit<DayUse, 'streamSeconds'>;

export interface MeterPorts {
  /** Not the one whose rows are counted. */
  sql: Pick<SqlPort, 'query' | 'first' | 'run'>;
  rows: RowCounter;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Requests, or rows, that are written before a minute is over. */
const MUCH = 1000;
const DAYS_TOLD = 31;

type Row = {
  day: string;
  requests: number;
  messages: number;
  rows_read: number;
  rows_written: number;
  active_ms: number;
  bytes_sent: number;
};

const COUNTS = 'requests, messages, rows_read, rows_written, active_ms, bytes_sent';
const NOTHING: Row = {
  day: '',
  requests: 0,
  messages: 0,
  rows_read: 0,
  rows_written: 0,
  active_ms: 0,
  bytes_sent: 0,
};

export class Meter {
  readonly #ports: MeterPorts;
  #requests = 0;
  #messages = 0;
  #bytesSent = 0;
  #activeMs = 0;
  /** Pieces of work under way, and the time since which there is one. */
  #under = 0;
  #since = 0;
  #written = 0;
  #stopped = false;
  /** The last time at which someone else than a node asked for something. */
  #asked = 0;

  constructor(ports: MeterPorts) {
    this.#ports = ports;
  }

  /** Work begins, which keeps the object in memory until the function is called that this returns. */
  begin(what?: 'request' | 'message'): () => void {
    if (what === 'request') this.#requests++;
    if (what === 'message') this.#messages++;
    if (this.#under++ === 0) this.#since = this.#ports.now();
    return () => this.#end();
  }

  /** For a timer, which keeps the object in memory until it has run. */
  around(run: () => void): () => void {
    const end = this.begin();
    return () => {
      try {
        run();
      } finally {
        end();
      }
    };
  }

  /** Someone uses the cluster: a person, or a program that is no node's. */
  asked(): void {
    this.#asked = this.#ports.now();
  }

  sent(characters: number): void {
    this.#bytesSent += characters;
  }

  /** The answer, whose pieces are counted as they are taken. */
  counted<A extends { body: string | Iterable<string> }>(answer: A): A {
    const { body } = answer;
    if (typeof body !== 'string') return { ...answer, body: this.#pieces(body) };
    this.sent(body.length);
    return answer;
  }

  *#pieces(body: Iterable<string>): Generator<string> {
    for (const piece of body) {
      this.sent(piece.length);
      yield piece;
    }
  }

  /** The storage is to be wiped, or is not this life's any more. */
  stop(): void {
    this.#stopped = true;
  }

  #end(): void {
    this.#under--;
    if (this.#stopped) return;
    const { rows } = this.#ports;
    const now = this.#ports.now();
    this.#activeMs += now - this.#since;
    this.#since = now;
    const much = this.#requests + this.#messages >= MUCH || rows.written >= MUCH;
    if (much || now - this.#written >= MINUTE) this.#write(now);
  }

  #write(now: number): void {
    const { sql, rows } = this.#ports;
    this.#written = now;
    sql.run(
      `CREATE TABLE IF NOT EXISTS islet_use_by_day (
         day TEXT PRIMARY KEY, requests INTEGER NOT NULL, messages INTEGER NOT NULL, rows_read INTEGER NOT NULL,
         rows_written INTEGER NOT NULL, active_ms INTEGER NOT NULL, bytes_sent INTEGER NOT NULL,
         asked INTEGER NOT NULL) WITHOUT ROWID`,
    );
    const counts = [this.#requests, this.#messages, rows.read, rows.written + 1, this.#activeMs, this.#bytesSent];
    sql.run(
      `INSERT INTO islet_use_by_day (day, ${COUNTS}, asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET
         requests = requests + excluded.requests, messages = messages + excluded.messages,
         rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written,
         active_ms = active_ms + excluded.active_ms, bytes_sent = bytes_sent + excluded.bytes_sent, asked = max(asked, excluded.asked)`,
      dayOf(now),
      ...counts,
      this.#asked,
    );
    this.#requests = 0;
    this.#messages = 0;
    this.#bytesSent = 0;
    this.#activeMs = 0;
    rows.read = 0;
    rows.written = 0;
  }

  /** With what is not written yet. */
  use(): { days: MeteredDay[]; total: Omit<MeteredDay, 'day'>; lastAsked: number } {
    const { rows, now } = this.#ports;
    const today = dayOf(now());
    const pending: Row = {
      day: today,
      requests: this.#requests,
      messages: this.#messages,
      rows_read: rows.read,
      rows_written: rows.written,
      active_ms: this.#activeMs + (this.#under > 0 ? now() - this.#since : 0),
      bytes_sent: this.#bytesSent,
    };
    const kept = this.#rows();
    const before = kept.days.filter(({ day }) => day !== today);
    const current = sum(kept.days.find(({ day }) => day === today) ?? NOTHING, pending);
    const { day: _, ...total } = told(sum(kept.total, pending));
    return { days: [current, ...before].map(told), total, lastAsked: Math.max(this.#asked, kept.asked) };
  }

  #rows(): { days: Row[]; total: Row; asked: number } {
    const { sql } = this.#ports;
    const exists = sql.first("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_use_by_day'");
    if (!exists) return { days: [], total: NOTHING, asked: 0 };
    const days = [
      ...sql.query<Row>(`SELECT day, ${COUNTS} FROM islet_use_by_day ORDER BY day DESC LIMIT ?`, DAYS_TOLD),
    ];
    const sums = COUNTS.split(', ').map((each) => `coalesce(sum(${each}), 0) AS ${each}`);
    const total = sql.first<Row>(`SELECT '' AS day, ${sums.join(', ')} FROM islet_use_by_day`) ?? NOTHING;
    const { asked = 0 } =
      sql.first<{ asked: number }>('SELECT coalesce(max(asked), 0) AS asked FROM islet_use_by_day') ?? {};
    return { days, total, asked };
  }
}

function sum(one: Row, other: Row): Row {
  return {
    day: other.day,
    requests: one.requests + other.requests,
    messages: one.messages + other.messages,
    rows_read: one.rows_read + other.rows_read,
    rows_written: one.rows_written + other.rows_written,
    active_ms: one.active_ms + other.active_ms,
    bytes_sent: one.bytes_sent + other.bytes_sent,
  };
}

function told({ day, requests, messages, rows_read, rows_written, active_ms, bytes_sent }: Row): MeteredDay {
  return {
    day,
    requests,
    messages,
    rowsRead: rows_read,
    rowsWritten: rows_written,
    activeSeconds: Math.round(active_ms) / 1000,
    bytesSent: bytes_sent,
  };
}
