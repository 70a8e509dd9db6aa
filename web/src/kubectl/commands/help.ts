/** `kubectl help` and `kubectl options` */
import type { Command } from '../command.ts';
import { findCommand } from '../command.ts';
import { PlainError } from '../errors.ts';
import { helpText, optionsText } from '../help.ts';

export const help = (root: () => Command): Command => ({
  name: 'help',
  section: 'Other Commands',
  short: 'Help about any command',
  completes: 'nothing',
  run: async (context) => {
    const { path, words } = findCommand(root(), context.args);
    if (words.length > 0)
      throw new PlainError(`Unknown help topic [${context.args.map((word) => `\`${word}\``).join(' ')}]`);
    context.out(helpText(path));
  },
});

export const options: Command = {
  name: 'options',
  section: 'Other Commands',
  short: 'Print the list of flags inherited by all commands',
  completes: 'nothing',
  run: async (context) => context.out(optionsText()),
};
