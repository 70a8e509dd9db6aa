/** Cores and bytes as people read them, and as kubectl writes them. */
import type { Resource } from './samples.ts';

const MEBI = 1024 ** 2;
const GIBI = 1024 ** 3;

export function amountText(value: number, resource: Resource): string {
  return resource === 'cpu' ? cpuText(value) : memoryText(value);
}

function cpuText(cores: number): string {
  if (cores >= 1) return String(Math.round(cores * 100) / 100);
  const milli = cores * 1000;
  return `${milli > 0 && milli < 10 ? Math.round(milli * 10) / 10 : Math.round(milli)}m`;
}

function memoryText(bytes: number): string {
  if (bytes >= GIBI) return `${Math.round((bytes / GIBI) * 100) / 100}Gi`;
  const mebi = bytes / MEBI;
  return `${mebi > 0 && mebi < 10 ? Math.round(mebi * 10) / 10 : Math.round(mebi)}Mi`;
}

const STEPS = {
  cpu: [1, 2, 5].flatMap((first) => [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000].map((unit) => first * unit)),
  memory: Array.from({ length: 32 }, (_, power) => 2 ** (power + 16)),
};

/** Between two lines of a chart's grid. */
export function stepsOf(resource: Resource): number[] {
  return STEPS[resource].toSorted((a, b) => a - b);
}
