/** An object has one alarm; an account has several things to do later, each under a name. */
import { first, type Sql } from '../sql.ts';

export interface AlarmPorts {
  sql: Sql;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Sets the object's alarm to then, or clears it. */
  setAlarm(due: number | undefined): void;
}

/** Until a task that failed is tried again. Milliseconds. */
const RETRY_MS = 60_000;

type Row = { name: string; due: number };

export class Alarms {
  readonly #ports: AlarmPorts;
  readonly #tasks = new Map<string, () => Promise<void> | void>();

  constructor(ports: AlarmPorts) {
    this.#ports = ports;
    ports.sql.run('CREATE TABLE IF NOT EXISTS alarms (name TEXT PRIMARY KEY, due INTEGER NOT NULL) WITHOUT ROWID');
  }

  /** The task of a name, for as long as the object lives. */
  on(name: string, task: () => Promise<void> | void): void {
    this.#tasks.set(name, task);
  }

  /** Milliseconds since the epoch; undefined takes it back. */
  set(name: string, due: number | undefined): void {
    const { sql, setAlarm } = this.#ports;
    const before = this.#earliest();
    if (due === undefined) sql.run('DELETE FROM alarms WHERE name = ?', name);
    else
      sql.run(
        'INSERT INTO alarms (name, due) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET due = excluded.due',
        name,
        due,
      );
    const after = this.#earliest();
    if (after !== before) setAlarm(after);
  }

  /**
   * Performs what is due; throws when some of it failed. The runtime drops an alarm that has thrown six times, so that of a task is set again before
   * the task can fail; a task that ends well takes it back, unless it has set another.
   */
  async run(): Promise<void> {
    const { sql, now, setAlarm } = this.#ports;
    const failures: unknown[] = [];
    for (const { name } of [...sql.query<Row>('SELECT name, due FROM alarms WHERE due <= ? ORDER BY due', now())]) {
      const retry = now() + RETRY_MS;
      this.set(name, retry);
      try {
        await this.#tasks.get(name)?.();
        if (this.#due(name) === retry) this.set(name, undefined);
      } catch (error) {
        failures.push(error);
      }
    }
    setAlarm(this.#earliest());
    if (failures.length > 0) throw new AggregateError(failures, 'an account could not do all that was due');
  }

  #due(name: string): number | undefined {
    return first(this.#ports.sql.query<Row>('SELECT name, due FROM alarms WHERE name = ?', name))?.due;
  }

  #earliest(): number | undefined {
    return first(this.#ports.sql.query<Row>('SELECT name, due FROM alarms ORDER BY due LIMIT 1'))?.due;
  }
}
