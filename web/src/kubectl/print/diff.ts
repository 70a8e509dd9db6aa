/** A unified diff of two texts, line by line, with three lines around each change. */
const AROUND = 3;

type Edit = { kind: ' ' | '-' | '+'; line: string };

/** Empty where they are the same. */
export function unifiedDiff(before: string, after: string, beforeName: string, afterName: string): string {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap(({ kind }, index) => (kind === ' ' ? [] : [index]));
  if (changed.length === 0) return '';
  let text = `--- ${beforeName}\n+++ ${afterName}\n`;
  for (const [from, to] of hunksOf(changed, edits.length)) text += hunkText(edits, from, to);
  return text;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** By the longest common subsequence. */
function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] as number;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ kind: ' ', line: before[i++] as string });
      j++;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ kind: '-', line: before[i++] as string });
    } else edits.push({ kind: '+', line: after[j++] as string });
  }
  return edits;
}

function hunksOf(changed: readonly number[], length: number): [from: number, to: number][] {
  const hunks: [number, number][] = [];
  for (const index of changed) {
    const [from, to] = [Math.max(0, index - AROUND), Math.min(length, index + AROUND + 1)];
    const last = hunks.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function hunkText(edits: readonly Edit[], from: number, to: number): string {
  const count = (some: readonly Edit[], other: '-' | '+'): number => some.filter(({ kind }) => kind !== other).length;
  const [earlier, within] = [edits.slice(0, from), edits.slice(from, to)];
  const range = (other: '-' | '+'): string => {
    const length = count(within, other);
    const start = count(earlier, other) + (length === 0 ? 0 : 1);
    return length === 1 ? `${start}` : `${start},${length}`;
  };
  return `@@ -${range('+')} +${range('-')} @@\n${within.map(({ kind, line }) => `${kind}${line}\n`).join('')}`;
}
