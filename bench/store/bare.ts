/**
 * The same bytes with nothing around them: prepared statements on `node:sqlite`. The store is measured against this.
 */
import { DatabaseSync } from 'node:sqlite';

export function openBare(path: string) {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE log(revision INTEGER PRIMARY KEY, key TEXT, cause TEXT, text TEXT)');
  database.exec('CREATE TABLE objects(key TEXT PRIMARY KEY, revision INTEGER, text TEXT)');
  const insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?)');
  const put = database.prepare(
    'INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET revision = excluded.revision',
  );
  const [begin, commit] = [database.prepare('BEGIN'), database.prepare('COMMIT')];
  const get = database.prepare('SELECT text FROM objects WHERE key = ?');
  const list = database.prepare('SELECT key, text FROM objects WHERE key > ? AND key < ? ORDER BY key LIMIT ?');
  let revision = 0;
  return {
    /** Two rows a write, as the store has them, the text in one of them. */
    write(writes: readonly { key: string; text: string }[], cause: string): void {
      begin.run();
      for (const { key, text } of writes) {
        insert.run(++revision, key, cause, text);
        put.run(key, revision, '');
      }
      commit.run();
    },
    fill(key: string, text: string): void {
      put.run(key, ++revision, text);
    },
    get: (key: string) => get.get(key),
    list: (after: string, before: string, limit: number) =>
      list.all(after, before, limit) as { key: string; text: string }[],
    close: () => database.close(),
  };
}
