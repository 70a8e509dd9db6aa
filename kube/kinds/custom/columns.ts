/** Columns of a custom resource (apiextensions `pkg/registry/customresource/tableconvertor`). */
import { nameColumn } from '../columns/column.ts';
import { since } from '../columns/human-duration.ts';
import type { Cell, Column } from '../define.ts';
import { compileJsonPath, JsonPathError } from './json-path.ts';

/** `CustomResourceColumnDefinition` */
export interface CustomColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

/** Upstream's column for a definition that names none. */
const AGE: CustomColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
};

/**
 * As upstream, up to the first column whose path is not understood: the definition was taken, and its objects are
 * shown.
 */
export function customColumns(columns: readonly CustomColumn[] | undefined): Column[] {
  const shown = [nameColumn];
  try {
    for (const column of columns && columns.length > 0 ? columns : [AGE]) shown.push(customColumn(column));
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
  }
  return shown;
}

function customColumn({ name, type, format, description, priority, jsonPath }: CustomColumn): Column {
  const read = compileJsonPath(jsonPath);
  return {
    name,
    type: type as Column['type'],
    ...(format ? { format } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: priority ?? 0,
    cell: (object, now) => cellOf(type, read(object)[0], now),
  };
}

function cellOf(type: string, value: unknown, now: number): Cell {
  if (value === undefined) return null;
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'integer':
      return typeof value === 'bigint' ? value : typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value !== 'string' ? null : Number.isNaN(Date.parse(value)) ? '<invalid>' : since(value, now);
    default:
      return null;
  }
}
