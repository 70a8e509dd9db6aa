/**
 * Schema steps: numbered by their place, append-only. A step that has run somewhere is never edited; an object whose
 * history is not a prefix of ours refuses to start, rather than work on tables it doesn't know.
 */
import type { SqlPort } from './sql/port.ts';

export interface Migration {
  name: string;
  /** SQL, each text a single statement. */
  statements: readonly string[];
}

export function migrate(sql: SqlPort, migrations: readonly Migration[]): void {
  sql.run(
    'CREATE TABLE IF NOT EXISTS migrations(number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL)',
  );
  const applied = [
    ...sql.query<{ number: number; name: string; digest: string }>(
      'SELECT number, name, digest FROM migrations ORDER BY number',
    ),
  ];
  for (const [index, { number, name, digest: recorded }] of applied.entries()) {
    const ours = migrations[index];
    if (number !== index + 1 || !ours || ours.name !== name || digest([ours.name, ...ours.statements]) !== recorded) {
      throw new Error(
        ours
          ? `schema history changed: step ${number} ran here as "${name}", and this build has another "${ours.name}" in its place`
          : `schema is newer than this build: step ${number} "${name}" is unknown to it`,
      );
    }
  }
  if (applied.length === migrations.length) return;
  sql.transaction(() => {
    for (let index = applied.length; index < migrations.length; index++) {
      const migration = migrations[index]!;
      for (const statement of migration.statements) sql.run(statement);
      sql.run(
        'INSERT INTO migrations VALUES (?, ?, ?)',
        index + 1,
        migration.name,
        digest([migration.name, ...migration.statements]),
      );
    }
  });
}

/** Two FNV-1a hashes of 32 bits: guards against edits by mistake, not against an adversary. */
export function digest(parts: readonly string[]): string {
  const text = parts.join('\0');
  let [one, two] = [0x811c9dc5, 0x01234567];
  for (let i = 0; i < text.length; i++) {
    one = Math.imul(one ^ text.charCodeAt(i), 0x01000193);
    two = Math.imul(two ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return `${(one >>> 0).toString(16)}-${(two >>> 0).toString(16)}`;
}
