/** Which columns of a table are shown: upstream's, without the wide ones, until a person chooses others. */
import type { TableColumn } from '../../api/table.ts';

export interface ShownColumn {
  column: TableColumn;
  /** In the cells of a row. */
  index: number;
}

/** Names of columns that are shown although they are wide, or hidden although they are not. By kind. */
export type Choices = Readonly<Record<string, { shown: readonly string[]; hidden: readonly string[] }>>;

/** A table without it would not say what a row is; of Events, whose names say little, it is a wide column. */
export function isAlways({ name, priority }: TableColumn): boolean {
  return name === 'Name' && priority <= 0;
}

export function shownColumns(columns: readonly TableColumn[], choices: Choices, kind: string): ShownColumn[] {
  return columns.map((column, index) => ({ column, index })).filter(({ column }) => isShown(column, choices, kind));
}

export function isShown(column: TableColumn, choices: Choices, kind: string): boolean {
  if (isAlways(column)) return true;
  const { name, priority } = column;
  const { shown = [], hidden = [] } = choices[kind] ?? {};
  return priority > 0 ? shown.includes(name) : !hidden.includes(name);
}

export function choose(choices: Choices, kind: string, column: TableColumn, visible: boolean): Choices {
  const { [kind]: own = { shown: [], hidden: [] }, ...others } = choices;
  const without = (names: readonly string[]) => names.filter((name) => name !== column.name);
  const shown = [...without(own.shown), ...(visible && column.priority > 0 ? [column.name] : [])];
  const hidden = [...without(own.hidden), ...(!visible && column.priority <= 0 ? [column.name] : [])];
  // What is as it was at first takes no place.
  return shown.length + hidden.length === 0 ? others : { ...others, [kind]: { shown, hidden } };
}

export function readChoices(text: string | null): Choices {
  const choices: Record<string, { shown: string[]; hidden: string[] }> = {};
  try {
    for (const [kind, own] of Object.entries(JSON.parse(text ?? '{}') as object)) {
      const { shown, hidden } = own as { shown: unknown; hidden: unknown };
      choices[kind] = { shown: names(shown), hidden: names(hidden) };
    }
  } catch {
    // Not what was kept: as at first.
  }
  return choices;
}

function names(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((name) => typeof name === 'string') : [];
}
