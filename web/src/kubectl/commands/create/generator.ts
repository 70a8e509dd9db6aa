/** A command that makes one object from its flags. */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { withLastApplied } from '../../apply/last-applied.ts';
import type { Command, Completion } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError, StatusError } from '../../errors.ts';
import type { Flag } from '../../flags/define.ts';
import { dryRunOf, reporter, SAVE_CONFIG, VALIDATE, writeFlags, writeQuery } from '../../resources/changes.ts';

export interface Generator {
  name: string;
  aliases?: readonly string[];
  short: string;
  examples: string;
  args?: string;
  flags: readonly Flag[];
  completes?: Completion;
  /** Stands before the words of a refusal, which are told as they are where it is left out. */
  failure?: string;
  build(context: Context, name: string): KubeObject | Promise<KubeObject>;
}

export function generator({ build, failure, args = 'NAME', flags, ...rest }: Generator): Command {
  return {
    ...rest,
    args,
    flags: [...flags, ...writeFlags('kubectl-create'), SAVE_CONFIG, VALIDATE],
    run: async (context) => {
      const object = await build(context, nameOf(context));
      await createObject(context, object, failure);
    },
  };
}

/** The one argument before `--`. */
export function nameOf(context: Context): string {
  const count = context.dash < 0 ? context.args.length : context.dash;
  if (count !== 1) throw context.usage(`exactly one NAME is required, got ${count}`);
  return context.args[0] as string;
}

/** The words behind `--`. */
export function commandOf({ args }: Context): { command?: string[] } {
  return args.length > 1 ? { command: args.slice(1) } : {};
}

export async function createObject(
  context: Context,
  made: KubeObject,
  failure?: string,
  done = 'created',
): Promise<KubeObject> {
  const mapping = await context.discovery.ofKind(made.apiVersion, made.kind);
  if (!mapping) throw new CommandError(`no matches for kind "${made.kind}" in version "${made.apiVersion}"`);
  let object = made;
  if (mapping.namespaced && context.hasNamespaceFlag) object.metadata.namespace = context.namespace;
  if (context.flags.has('save-config') && context.flags.bool('save-config')) object = withLastApplied(object);
  const report = reporter(context);
  if (dryRunOf(context) !== 'client') {
    try {
      object = await context.client.create(context.path(mapping, context.namespace), object, writeQuery(context));
    } catch (error) {
      if (failure === undefined || !(error instanceof StatusError)) throw error;
      throw new CommandError(`${failure}${error.message}`);
    }
  }
  report(object, done);
  return object;
}

export function typed(apiVersion: string, kind: string, name: string, rest: Record<string, unknown>): KubeObject {
  return { apiVersion, kind, metadata: { name }, ...rest };
}
