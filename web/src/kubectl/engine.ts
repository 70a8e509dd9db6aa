/** Runs one command line of kubectl to its end. */
import { commandPath, findCommand, flagsOf } from './command.ts';
import { KUBECTL } from './commands/table.ts';
import { Context } from './context.ts';
import { PlainError, told } from './errors.ts';
import { parseFlags } from './flags/parse.ts';
import { Values } from './flags/values.ts';
import { helpText } from './help.ts';
import type { Io, World } from './ports.ts';
import { suggestions } from './suggest.ts';

/** `words`: what stands after `kubectl`. Resolves to the exit code. */
export async function runKubectl(words: readonly string[], world: World, io: Io): Promise<number> {
  const fail = (message: string, code = 1): number => {
    if (message !== '') io.err(message.endsWith('\n') ? message : `${message}\n`);
    return code;
  };
  const { path, words: rest } = findCommand(KUBECTL, words);
  const command = path[path.length - 1] ?? KUBECTL;
  const whole = commandPath(path);
  const flags = flagsOf(path);
  const parsed = parseFlags(rest, flags);
  if (typeof parsed === 'string') return fail(`error: ${parsed}\nSee '${whole} --help' for usage.`);
  if (parsed.help) {
    io.out(helpText(path));
    return 0;
  }
  const { args, given, dash } = parsed;
  if (!command.run) {
    if (args.length === 0) {
      const isRoot = path.length === 1;
      (isRoot ? io.out : io.err)(helpText(path));
      return isRoot ? 0 : 1;
    }
    if (path.length > 1) {
      return fail(`error: unknown command ${JSON.stringify(args.join(' '))}\nSee '${whole} -h' for help and examples`);
    }
    return fail(
      `error: unknown command ${JSON.stringify(args[0])} for ${JSON.stringify(whole)}${suggestions(args[0] as string, command.commands ?? [])}`,
    );
  }
  const missing = [...flags.values()].filter(({ name, required }) => required && !given.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => JSON.stringify(name)).join(', ');
    return fail(`error: required flag(s) ${names} not set`);
  }
  const values = new Values(flags, given);
  const chosen = values.string('context');
  if (chosen !== '' && chosen !== world.config.context) return fail(`error: context "${chosen}" does not exist`);
  try {
    return (await command.run(new Context(world, io, values, args, dash, whole))) ?? 0;
  } catch (error) {
    if (io.signal.aborted && !(error instanceof PlainError && error.message !== '')) return 130;
    const { text, code } = told(error);
    return fail(text, code);
  }
}
