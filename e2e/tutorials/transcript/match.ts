/** Whether the output of a line is what its page says. */
import type { Expected } from './parse.ts';

/** Of the expected lines, those that the output lacks, in words; empty when it is as it should be. */
export function missing(expected: readonly Expected[], output: string): string[] {
  const lines = output.split('\n').map(collapsed);
  return expected.flatMap(({ text, times }) => {
    const pattern = patternOf(text);
    const count = lines.filter((line) => pattern.test(line)).length;
    if (times === undefined ? count > 0 : count === times) return [];
    return [times === undefined ? `no line: ${text}` : `${count} lines instead of ${times}: ${text}`];
  });
}

/** Columns are as wide as their widest cell, which differs from cluster to cluster. */
const collapsed = (line: string): string => line.trim().replace(/\s+/g, ' ');

function patternOf(text: string): RegExp {
  const parts = collapsed(text).split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}
