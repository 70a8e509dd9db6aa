import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { bool, duration, int } from '../../flags/define.ts';
import type { Info } from '../../resources/info.ts';
import { until } from '../../resources/until.ts';
import { rolloutStatus } from '../../rollout/status.ts';
import { findTargets, requireTargets, TARGET_FLAGS } from './targets.ts';

const FOREVER = 7 * 24 * 3600 * 1000;

export const status: Command = {
  name: 'status',
  short: 'Show the status of the rollout',
  examples: 'kubectl rollout status deployment/web --timeout=60s',
  args: '(TYPE NAME | TYPE/NAME)',
  completes: 'types-and-names',
  flags: [
    ...TARGET_FLAGS,
    bool('watch', "Watch the status of the rollout until it's done.", { short: 'w', byDefault: 'true' }),
    int('revision', 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).'),
    duration('timeout', 'The length of time to wait before ending watch, zero means never.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags } = context;
  requireTargets(context);
  if (flags.int('revision') < 0)
    throw new CommandError(`revision must be a positive integer: ${flags.int('revision')}`);
  const { infos, errors } = await findTargets(context);
  if (errors.length > 0) throw errors[0];
  if (infos.length === 0) context.err(`No resources found in ${context.namespace} namespace.\n`);
  for (const info of infos) await follow(context, info);
}

async function follow(context: Context, info: Info): Promise<void> {
  const { flags } = context;
  let seen: string | undefined;
  const { uid } = (info.object as KubeObject).metadata;
  try {
    await until(context, info, flags.duration('timeout') || FOREVER, (object) => {
      if (!object || object.metadata.uid !== uid) throw new CommandError('object has been deleted');
      if (object.metadata.resourceVersion === seen) return false;
      seen = object.metadata.resourceVersion;
      const { text, done } = rolloutStatus(object, flags.int('revision'));
      context.out(text);
      return done || !flags.bool('watch');
    });
  } catch (error) {
    if ((error as Error).message.startsWith('timed out')) throw new CommandError('timed out waiting for the condition');
    throw error;
  }
}
