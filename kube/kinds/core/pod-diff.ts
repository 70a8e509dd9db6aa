import { sameJson } from '../../machinery/equality.ts';

/** The fields that differ, one line each: `- nodeName: "a"`, `+ nodeName: "b"`. For people to read. */
export function specDiff(old: unknown, next: unknown): string {
  const lines: string[] = [];
  collect(old, next, '', lines);
  return lines.join('\n');
}

function collect(old: unknown, next: unknown, path: string, lines: string[]): void {
  if (sameJson(old, next)) return;
  if (isStructure(old) && isStructure(next) && Array.isArray(old) === Array.isArray(next)) {
    const [a, b] = [old as Record<string, unknown>, next as Record<string, unknown>];
    for (const key of Object.keys({ ...a, ...b })) {
      const step = Array.isArray(old) ? `[${key}]` : path === '' ? key : `.${key}`;
      collect(a[key], b[key], path + step, lines);
    }
    return;
  }
  if (old !== undefined) lines.push(`- ${path}: ${JSON.stringify(old)}`);
  if (next !== undefined) lines.push(`+ ${path}: ${JSON.stringify(next)}`);
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
