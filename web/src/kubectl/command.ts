/** A command of kubectl, and the tree that the commands form. */
import type { Context } from './context.ts';
import { array, bool, type Flag, string } from './flags/define.ts';

/** The source of the completions of an argument or a flag's value. */
export type Completion = 'types' | 'types-and-names' | 'files' | 'nothing' | readonly string[] | `names:${string}`;

export interface Command {
  name: string;
  aliases?: readonly string[];
  /** One line. */
  short: string;
  /** The description before the examples; the line above where there is none. */
  long?: string;
  examples?: string;
  /** The arguments, as in `(TYPE NAME | TYPE/NAME)`. */
  args?: string;
  flags?: readonly Flag[];
  commands?: readonly Command[];
  completes?: Completion;
  /** In which part of the list of all commands it stands. */
  section?: Section;
  /** A command without `run` lists its own commands. A number is an exit code. */
  run?: ((context: Context) => Promise<void>) | ((context: Context) => Promise<number | undefined>);
}

export const SECTIONS = [
  'Basic Commands (Beginner)',
  'Basic Commands (Intermediate)',
  'Deploy Commands',
  'Cluster Management Commands',
  'Troubleshooting and Debugging Commands',
  'Advanced Commands',
  'Settings Commands',
  'Other Commands',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Of every command. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  string('as', 'Username to impersonate for the operation.'),
  array('as-group', 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.'),
  string('as-uid', 'UID to impersonate for the operation.'),
  string('context', 'The name of the kubeconfig context to use'),
  string('namespace', 'If present, the namespace scope for this CLI request', { short: 'n' }),
  string('request-timeout', 'The length of time to wait before giving up on a single server request.', {
    byDefault: '0',
  }),
  bool('warnings-as-errors', 'Treat warnings received from the server as errors and exit with a non-zero exit code'),
  string('v', 'number for the log level verbosity', { short: 'v', byDefault: '0', hidden: true }),
];

export interface Found {
  /** From the root down. */
  path: readonly Command[];
  words: readonly string[];
}

/** Goes down as far as words name commands; flags may stand between them. */
export function findCommand(root: Command, words: readonly string[]): Found {
  const path = [root];
  const rest = [...words];
  for (;;) {
    const top = path.at(-1) as Command;
    if (!top.commands) break;
    const at = firstArgument(rest, flagsOf(path));
    const word = at < 0 ? undefined : rest[at];
    const next = top.commands.find(({ name, aliases }) => name === word || aliases?.includes(word ?? ''));
    if (!next) break;
    path.push(next);
    rest.splice(at, 1);
  }
  return { path, words: rest };
}

export function flagsOf(path: readonly Command[]): Map<string, Flag> {
  const own = path.at(-1)?.flags ?? [];
  return new Map([...GLOBAL_FLAGS, ...own].map((flag) => [flag.name, flag]));
}

/** Values of flags that are words of their own are no arguments. */
function firstArgument(words: readonly string[], flags: ReadonlyMap<string, Flag>): number {
  const byShort = new Map([...flags.values()].map((flag) => [flag.short, flag]));
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    if (word.includes('=')) continue;
    const flag = word.startsWith('--')
      ? flags.get(word.slice(2))
      : word.length === 2
        ? byShort.get(word[1])
        : undefined;
    if (flag && flag.bare === undefined) at++;
  }
  return -1;
}

export function commandPath(path: readonly Command[]): string {
  return path.map(({ name }) => name).join(' ');
}
