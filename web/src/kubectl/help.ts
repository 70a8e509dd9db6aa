/** Help of each command: what it does, examples, its flags. */
import { type Command, commandPath, GLOBAL_FLAGS, SECTIONS } from './command.ts';
import type { Flag } from './flags/define.ts';

export function helpText(path: readonly Command[]): string {
  const command = path.at(-1) as Command;
  const whole = commandPath(path);
  const parts = [command.long ?? `${command.short}.`];
  if (command.examples) parts.push(`Examples:\n${indented(command.examples)}`);
  if (command.commands) parts.push(...commandLists(command));
  const flags = (command.flags ?? []).filter(({ hidden }) => !hidden);
  if (flags.length > 0) parts.push(`Options:\n${flags.toSorted(byName).map(flagText).join('\n\n')}`);
  const form = [whole, command.args, command.commands ? '[command]' : '', flags.length > 0 ? '[flags]' : '[options]'];
  parts.push(`Usage:\n  ${form.filter(Boolean).join(' ')}`);
  if (command.commands) {
    parts.push(`Use "${whole} <command> --help" for more information about a given command.`);
  }
  if (path.length > 1)
    parts.push('Use "kubectl options" for a list of global command-line options (applies to all commands).');
  return `${parts.join('\n\n')}\n`;
}

export function optionsText(): string {
  const shown = GLOBAL_FLAGS.filter(({ hidden }) => !hidden);
  return `The following options can be passed to any command:\n\n${shown.map(flagText).join('\n\n')}\n`;
}

function commandLists({ commands = [], name }: Command): string[] {
  if (name !== 'kubectl') return [`Available Commands:\n${list(commands)}`];
  return SECTIONS.flatMap((section) => {
    const within = commands.filter((command) => command.section === section);
    return within.length === 0 ? [] : [`${section}:\n${list(within)}`];
  });
}

function list(commands: readonly Command[]): string {
  const width = Math.max(12, ...commands.map(({ name }) => name.length));
  return commands.map(({ name, short }) => `  ${name.padEnd(width)}  ${short}`).join('\n');
}

function flagText({ name, short, usage, byDefault, kind }: Flag): string {
  const isText = !['bool', 'int', 'duration'].includes(kind);
  const value = isText ? (kind === 'string' ? `'${byDefault}'` : `[${byDefault}]`) : byDefault;
  return `    ${short ? `-${short}, ` : ''}--${name}=${value}:\n\t${usage}`;
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}

const byName = (a: Flag, b: Flag): number => (a.name < b.name ? -1 : 1);
