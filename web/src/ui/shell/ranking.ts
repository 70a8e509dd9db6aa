/** Which commands a typed text means, the likeliest first. */
import fuzzysort from 'fuzzysort';
import type { Command } from '../commands.ts';

export interface Found {
  command: Command;
  /** The title in pieces: every second one is of letters that were typed. */
  title: string[];
}

/** Below it a match is chance. */
const THRESHOLD = 0.3;
/** Titles count in full, what stands beside them a little less. */
const WEIGHTS = [1, 0.8, 0.9];
const MARK = '\u0000';

export function rank(commands: readonly Command[], query: string, limit: number): Found[] {
  const text = query.trim();
  if (text === '') return commands.slice(0, limit).map((command) => ({ command, title: [command.title] }));
  const keys = [
    ({ title }: Command) => title,
    ({ detail, group, title }: Command) => `${title} ${detail ?? ''} ${group ?? ''}`,
    ({ words }: Command) => words ?? '',
  ];
  const found = fuzzysort.go(text, commands, {
    keys,
    limit,
    threshold: THRESHOLD,
    scoreFn: (result) => Math.max(...result.map(({ score }, index) => score * (WEIGHTS[index] ?? 1))),
  });
  return found.map((result) => {
    const [title] = result;
    const marked = title && title.score > 0 ? title.highlight(MARK, MARK) : '';
    return { command: result.obj, title: marked === '' ? [result.obj.title] : marked.split(MARK) };
  });
}
