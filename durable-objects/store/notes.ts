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

  /** All notes whose names begin with a prefix of plain letters, by the rest of their names. */
  under(prefix: string): Map<string, string> {
    const rows = this.#sql.query<{ name: string; value: string }>(
      'SELECT name, value FROM notes WHERE name >= ? AND name < ?',
      prefix,
      `${prefix}\uffff`,
    );
    return new Map([...rows].map(({ name, value }) => [name.slice(prefix.length), value]));
  }

  forget(name: string): void {
    this.#sql.run('DELETE FROM notes WHERE name = ?', name);
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
