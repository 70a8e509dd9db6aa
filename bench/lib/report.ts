/** The table on the terminal: each figure beside its peers', and Islet's ratio to each. */
import type { Figure } from './target.ts';

const HIGHER_IS_BETTER: ReadonlySet<Figure['unit']> = new Set(['1/s', 'MB/s']);

export function table(figures: readonly Figure[]): string {
  const others = [...new Set(figures.flatMap(({ values }) => Object.keys(values)))].filter((name) => name !== 'islet');
  const head = ['case', 'figure', 'islet', ...others.flatMap((name) => [name, `islet / ${name}`])];
  const rows = figures.map(({ case: name, what, unit, values }) => [
    name,
    `${what} (${unit}${HIGHER_IS_BETTER.has(unit) ? ', more is better' : ''})`,
    number(values.islet),
    ...others.flatMap((other) => [number(values[other]), ratio(values.islet, values[other])]),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function ratio(a: number | undefined, b: number | undefined): string {
  return a === undefined || !b ? '–' : `${(a / b).toFixed(2)}×`;
}
