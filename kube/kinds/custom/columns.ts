/** Columns of a custom resource (apiextensions `pkg/registry/customresource/tableconvertor`). */
import { MIN_TIME, parseTimestamp } from '../../machinery/cel/values/time-formats.ts';
import { goJson } from '../../machinery/field-error.ts';
import { goFloat, INT64 } from '../../machinery/go-number.ts';
import { sortKeys } from '../../machinery/structural/print.ts';
import { nameColumn } from '../columns/column.ts';
import { humanDuration } from '../columns/human-duration.ts';
import { UNKNOWN } from '../columns/text.ts';
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
      return printed(value);
    case 'integer':
      return typeof value === 'bigint' ? value : typeof value === 'number' ? integerOf(value) : null;
    case 'number':
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null;
    default:
      return null;
  }
}

function printed(value: unknown): string {
  if (value === null) return '<no value>';
  if (typeof value === 'object') return goJson(sortKeys(value));
  return typeof value === 'number' && !Number.isInteger(value) ? goFloat(value) : String(value);
}

/** As Go makes an int64 of a float; one that it cannot hold becomes the least. */
function integerOf(value: number): number | bigint {
  return Math.abs(value) < INT64 ? Math.trunc(value) : -BigInt(INT64);
}

const NANOS_PER_MILLISECOND = 1_000_000n;

/** `metav1.Time` of a query, to which nothing and `null` are no time. */
function ageOf(text: string, now: number): string {
  if (text === '' || text === 'null') return UNKNOWN;
  const time = parseTimestamp(text);
  if (!time) return '<invalid>';
  return time.nanos === MIN_TIME ? UNKNOWN : humanDuration(now - Number(time.nanos / NANOS_PER_MILLISECOND));
}
