/**
 * The tables of one cluster. No index beside a key: each index row would be billed as one more row written.
 *
 * - `log`: every revision. `link` is the key's revision before, whatever it was (a create after a delete links to the
 *   delete): lists at an old revision follow it back. `at` is the cause's time, `total` the size of all texts and
 *   causes written up to here, so that two rows tell the size of a stretch of history. `text` comes last: rows are
 *   scanned without it.
 * - `current`: where a key's newest entry is. Negative: that entry is a delete. It stays until compaction, so that a
 *   list at a revision before the delete finds the key.
 * - `events`: the kind Event, one row a write, gone after an hour. Which row is an event's newest is known in memory.
 * - `subscriptions`: see `watch/subscription-table.ts`.
 */
import type { Migration } from './migrations.ts';

export const SCHEMA: readonly Migration[] = [
  {
    name: 'store',
    statements: [
      `CREATE TABLE log(
         revision INTEGER PRIMARY KEY, link INTEGER NOT NULL, created INTEGER NOT NULL, change TEXT NOT NULL,
         at INTEGER NOT NULL, total INTEGER NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, text NOT NULL)`,
      'CREATE TABLE current(key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID',
      `CREATE TABLE events(
         revision INTEGER PRIMARY KEY, link INTEGER NOT NULL, created INTEGER NOT NULL, change TEXT NOT NULL,
         at INTEGER NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, text NOT NULL)`,
      'CREATE TABLE notes(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
      'CREATE TABLE timers(id TEXT PRIMARY KEY, due INTEGER NOT NULL, payload TEXT NOT NULL) WITHOUT ROWID',
      `CREATE TABLE subscriptions(
         peer TEXT, id INTEGER, spec TEXT NOT NULL, phase TEXT NOT NULL, position INTEGER, after TEXT,
         PRIMARY KEY(peer, id)) WITHOUT ROWID`,
    ],
  },
];
