import { expect, test } from 'vitest';
import { commandsFor, registerCommands } from './commands.ts';

const run = () => {};

test('sources are asked with the query, the newest first, until they are taken away', () => {
  const first = registerCommands(() => [{ title: 'Overview', run }]);
  const second = registerCommands((query) => (query === '' ? [] : [{ title: `Find ${query}`, run }]));
  const titles = (query: string) => commandsFor(query).map(({ title }) => title);
  expect(titles('web')).toEqual(['Find web', 'Overview']);
  expect(titles('')).toEqual(['Overview']);
  first();
  expect(titles('web')).toEqual(['Find web']);
  second();
  expect(titles('web')).toEqual([]);
});

test('the same command of an older source is left out', () => {
  const older = registerCommands(() => [{ title: 'Delete', shortcut: 'd', run }]);
  const newer = registerCommands(() => [{ title: 'Delete', shortcut: 'x', run }]);
  expect(commandsFor('').map(({ shortcut }) => shortcut)).toEqual(['x']);
  older();
  newer();
});
