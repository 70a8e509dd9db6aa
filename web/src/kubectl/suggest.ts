/** Commands that a mistyped word may have meant, as cobra suggests them. */
import type { Command } from './command.ts';

const NEAR = 2;

export function suggestions(word: string, commands: readonly Command[]): string {
  const typed = word.toLowerCase();
  const names = commands
    .map(({ name }) => name)
    .filter((name) => distance(typed, name) <= NEAR || name.startsWith(typed));
  if (names.length === 0) return '';
  return `\n\nDid you mean this?\n${names.map((name) => `\t${name}\n`).join('')}`;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
