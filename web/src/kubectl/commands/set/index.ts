/** `kubectl set` */
import type { Command } from '../../command.ts';
import { env } from './env.ts';
import { image } from './image.ts';
import { resources } from './resources.ts';
import { serviceaccount } from './serviceaccount.ts';

export const set: Command = {
  name: 'set',
  section: 'Basic Commands (Intermediate)',
  short: 'Set specific features on objects',
  args: 'SUBCOMMAND',
  commands: [env, image, resources, serviceaccount],
};
