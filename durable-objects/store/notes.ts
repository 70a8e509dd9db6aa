/** Small durable facts beside the objects: cursors, build identity (`NotePort` of the controllers' runtime). */
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';

export class Notes {
  readonly #sql: SqlPort;

  /** The tables must have been made (`openStore`, or `migrate` with `SCHEMA`). */
  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  read(name: string): string | undefined {
    return first(this.#sql.query<{ value: string }>('SELECT value FROM notes WHERE name = ?', name))?.value;
  }

  /** Writes no row when nothing changes. */
  write(name: string, value: string): void {
    this.#sql.run(
      'INSERT INTO notes(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value',
      name,
      value,
    );
  }
}
