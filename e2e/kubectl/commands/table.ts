/** Every case of every command, and what of kubectl's commands no case is about. */
import { access } from './access.ts';
import type { Case } from './case.ts';
import { changing } from './changing.ts';
import { creating } from './creating.ts';
import { reading } from './reading.ts';

export const CASES: readonly Case[] = [...creating, ...reading, ...changing, ...access].sort((a, b) =>
  a.command < b.command ? -1 : 1,
);

/** Groups of commands do nothing themselves; these are tried all the same. */
const ALSO_COMMANDS = new Set(['apply', 'create', 'cluster-info']);

/** Runs kubectl's `--help` all the way down. `help` gives the text of one command. */
export async function commandsOf(help: (command: readonly string[]) => Promise<string>): Promise<string[]> {
  const found: string[] = [];
  const walk = async (command: readonly string[]): Promise<void> => {
    const inner = subcommands(await help(command));
    if (command.length > 0 && (inner.length === 0 || ALSO_COMMANDS.has(command.join(' '))))
      found.push(command.join(' '));
    await Promise.all(inner.map((name) => walk([...command, name])));
  };
  await walk([]);
  return found.sort();
}

/** The names beneath a heading such as `Available Commands:`. */
function subcommands(text: string): string[] {
  const names: string[] = [];
  let isIn = false;
  for (const line of text.split('\n')) {
    if (/^[A-Z].*Commands.*:$/.test(line)) isIn = true;
    else if (line.trim() === '') isIn = false;
    else if (isIn) names.push(/^ {2}([a-z-]+)/.exec(line)?.[1] ?? '');
  }
  return names.filter((name) => name !== '');
}
