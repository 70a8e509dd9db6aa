/** `kubectl create`, of files; the commands beneath it make single objects from flags. */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { withLastApplied } from '../../apply/last-applied.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError, throwAll, withSource } from '../../errors.ts';
import { string } from '../../flags/define.ts';
import {
  dryRunOf,
  reporter,
  SAVE_CONFIG,
  SELECTOR,
  VALIDATE,
  writeFlags,
  writeQuery,
} from '../../resources/changes.ts';
import { filenameFlags } from '../../resources/files.ts';
import { findObjects } from '../../resources/query.ts';
import { GENERATORS } from './generators.ts';

export const create: Command = {
  name: 'create',
  section: 'Basic Commands (Beginner)',
  short: 'Create a resource from a file or from stdin',
  examples: `
# Create what a file says
kubectl create -f web.yaml

# Create what is typed or pasted, up to the line EOF
kubectl create -f - <<EOF`,
  args: '-f FILENAME',
  completes: 'files',
  commands: GENERATORS,
  flags: [
    ...writeFlags('kubectl-create'),
    ...filenameFlags('to use to create the resource'),
    SAVE_CONFIG,
    VALIDATE,
    SELECTOR,
    string('raw', 'Raw URI to POST to the server.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const files = flags.list('filename');
  if (files.length === 0 && args.length === 0) throw new CommandError('must specify one of -f and -k');
  if (args.length > 0) throw context.usage(`Unexpected args: [${args.join(' ')}]`);
  if (flags.string('raw') !== '') {
    const body = await context.file(files[0] as string);
    context.out(await context.client.text(flags.string('raw'), { method: 'POST', body }));
    return;
  }
  const report = reporter(context);
  const { infos, errors } = await findObjects(context, {
    args: [],
    files: true,
    labelSelector: flags.string('selector'),
  });
  let count = 0;
  for (const info of infos) {
    let object = info.object as KubeObject;
    if (flags.bool('save-config')) object = withLastApplied(object);
    try {
      if (dryRunOf(context) !== 'client') {
        object = await context.client.create(context.path(info.mapping, info.namespace), object, writeQuery(context));
      }
      count++;
      report(object, 'created');
    } catch (error) {
      errors.push(withSource('creating', info.source, error));
    }
  }
  throwAll(errors);
  if (count === 0) throw new CommandError('no objects passed to create');
}
