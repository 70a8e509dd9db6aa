/**
 * Rows that wake the object (`TimerPort` of the controllers' runtime). The object has one alarm, and setting it is
 * billed: `onMove` calls back only when the earliest due time is another than the alarm's.
 * After `takeDue`, the owner arms the alarm for `next()` itself, in a `finally`.
 */
import { Heap } from '../../kube/machinery/heap.ts';
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';

export interface Timer {
  id: string;
  /** Milliseconds since the epoch. */
  due: number;
  payload: string;
}

/** The runtime sets no alarm after the year 2189, and waits of clients' choice may be longer. */
const LATEST = Date.UTC(2189);

export class Timers {
  readonly #sql: SqlPort;
  #listener: (due: number | undefined) => void = () => {};
  /** The due times of all rows: to read the table for the earliest one costs as many rows as there are. */
  #dues = byDue();
  /** The time that the alarm is set to, as far as known. */
  #armed: number | undefined;

  /** The tables must have been made (`openStore`, or `migrate` with `SCHEMA`). */
  constructor(sql: SqlPort) {
    this.#sql = sql;
    this.#read();
    this.#armed = this.next();
  }

  /**
   * Calls back with the due time to which the alarm must be moved: earlier for a new timer, and later when the one it
   * was set for is gone, as a wake with nothing to do costs more than moving it. Undefined when no timer is left. One
   * listener.
   */
  onMove(callback: (due: number | undefined) => void): void {
    this.#listener = callback;
  }

  get(id: string): { due: number; payload: string } | undefined {
    return first(this.#sql.query<{ due: number; payload: string }>('SELECT due, payload FROM timers WHERE id = ?', id));
  }

  /** In order. */
  ids(prefix: string): string[] {
    const sql = 'SELECT id FROM timers WHERE id >= ? AND id < ? ORDER BY id';
    return Array.from(this.#sql.query<{ id: string }>(sql, prefix, `${prefix}\uffff`), ({ id }) => id);
  }

  set(id: string, due: number, payload = ''): void {
    const before = this.get(id);
    if (before?.due === due && before.payload === payload) return;
    if (before) this.#sql.run('UPDATE timers SET due = ?, payload = ? WHERE id = ?', due, payload, id);
    else this.#sql.run('INSERT INTO timers(id, due, payload) VALUES (?, ?, ?)', id, due, payload);
    this.#dues.push({ key: id, due });
    this.#arm();
  }

  clear(id: string): void {
    if (this.#sql.run('DELETE FROM timers WHERE id = ?', id) === 0) return;
    this.#dues.remove(id);
    this.#arm();
  }

  /** Of ids that begin with one of these, each comes so many milliseconds earlier. */
  shift(prefixes: readonly string[], by: number): void {
    for (const prefix of prefixes) {
      this.#sql.run('UPDATE timers SET due = due - ? WHERE id >= ? AND id < ?', by, prefix, `${prefix}\uffff`);
    }
    this.#read();
    this.#arm();
  }

  /** With a prefix, only of the ids that begin with it. */
  takeDue(now: number, limit: number, prefix = ''): Timer[] {
    const due = this.#isDue(now) ? this.#take(now, limit, prefix) : [];
    this.#armed = this.next();
    return due;
  }

  next(): number | undefined {
    const next = this.#dues.peek();
    return next && Math.min(next.due, LATEST);
  }

  #read(): void {
    this.#dues = byDue();
    for (const { id, due } of this.#sql.query<{ id: string; due: number }>('SELECT id, due FROM timers')) {
      this.#dues.push({ key: id, due });
    }
  }

  #arm(): void {
    const next = this.next();
    if (next === this.#armed) return;
    this.#armed = next;
    this.#listener(next);
  }

  #isDue(now: number): boolean {
    const next = this.next();
    return next !== undefined && next <= now;
  }

  /** The due rows, the earliest first, which stay. */
  due(now: number, limit: number, prefix = ''): Timer[] {
    const rows = this.#sql.query<{ id: string; due: number; payload: string }>(
      'SELECT id, due, payload FROM timers WHERE id >= ? AND id < ? AND due <= ? ORDER BY due, id LIMIT ?',
      prefix,
      `${prefix}\uffff`,
      now,
      limit,
    );
    const found = Array.from(rows, ({ id, due, payload }) => ({ id, due, payload }));
    // A row whose transaction was rolled back would have the alarm ring without end.
    if (prefix === '' && found.length === 0 && this.#isDue(now)) this.#read();
    return found;
  }

  #take(now: number, limit: number, prefix: string): Timer[] {
    const taken = this.#sql.transaction(() => {
      const due = this.due(now, limit, prefix);
      for (const { id } of due) this.#sql.run('DELETE FROM timers WHERE id = ?', id);
      return due;
    });
    for (const { id } of taken) this.#dues.remove(id);
    return taken;
  }
}

function byDue(): Heap<{ key: string; due: number }> {
  return new Heap((a, b) => a.due - b.due);
}
