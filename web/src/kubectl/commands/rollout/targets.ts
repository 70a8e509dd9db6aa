/** The workloads that a `kubectl rollout` command is about: named in its arguments, in files, or by labels. */
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { SELECTOR } from '../../resources/changes.ts';
import { filenameFlags } from '../../resources/files.ts';
import { findObjects } from '../../resources/query.ts';

export const TARGET_FLAGS = [...filenameFlags('identifying the resource to get from a server.'), SELECTOR];

export function requireTargets({ flags, args }: Context): void {
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CommandError('required resource not specified');
}

export function findTargets(context: Context): ReturnType<typeof findObjects> {
  return findObjects(context, {
    args: context.args,
    files: true,
    latest: true,
    emptySelector: true,
    labelSelector: context.flags.string('selector'),
  });
}
