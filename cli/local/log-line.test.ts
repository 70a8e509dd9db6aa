import { expect, test } from 'vitest';
import { isRuntimeNote, logLine } from './log-line.ts';

test('a line begins with the time of day', () => {
  expect(logLine(new Date(2026, 0, 1, 7, 5, 9), 'node a connected')).toBe('07:05:09 node a connected');
});

test('notes of the runtime to its own authors are told from what concerns a user', () => {
  const note = 'workerd/io/actor-sqlite.c++:1051: warning: NOSENTRY SQLite alarm handler canceled';
  expect([note, 'workerd/server/server.c++:1: error: out of disk'].map(isRuntimeNote)).toEqual([true, false]);
});
