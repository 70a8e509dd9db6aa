import { expect, test } from 'vitest';
import type { TableColumn } from '../../api/table.ts';
import { type Choices, choose, readChoices, shownColumns } from './columns.ts';

const columns = [
  ['Name', 0],
  ['Ready', 0],
  ['Node', 1],
].map(([name, priority]) => ({ name, priority, type: 'string', format: '', description: '' }) as TableColumn);
const [name, ready, node] = columns as [TableColumn, TableColumn, TableColumn];
const shown = (choices: Choices) =>
  shownColumns(columns, choices, 'v1/pods').map(({ column, index }) => `${column.name}${index}`);

test('wide columns are shown when they are chosen, others until they are hidden; the name always', () => {
  expect(shown({})).toEqual(['Name0', 'Ready1']);
  const wide = choose({}, 'v1/pods', node, true);
  expect(shown(wide)).toEqual(['Name0', 'Ready1', 'Node2']);
  const without = choose(wide, 'v1/pods', ready, false);
  expect(shown(without)).toEqual(['Name0', 'Node2']);
  expect(shown(choose(without, 'v1/pods', name, false))).toEqual(['Name0', 'Node2']);
  expect(choose(choose(without, 'v1/pods', ready, true), 'v1/pods', node, false)).toEqual({});
});

test('a name that is a wide column, as of Events, is one that can be chosen', () => {
  const event = [{ ...name, priority: 1 }, ready];
  expect(shownColumns(event, {}, 'v1/events').map(({ column }) => column.name)).toEqual(['Ready']);
});

test('what was kept is read again, and nonsense is nothing', () => {
  const kept = choose({}, 'v1/pods', node, true);
  expect(readChoices(JSON.stringify(kept))).toEqual(kept);
  for (const text of [null, '', '7', '{"v1/pods":null}']) expect(readChoices(text)).toEqual({});
  expect(readChoices('{"v1/pods":{"shown":[1,"Node"]}}')).toEqual({ 'v1/pods': { shown: ['Node'], hidden: [] } });
});
