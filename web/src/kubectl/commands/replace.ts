/** `kubectl replace` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { LAST_APPLIED, withLastApplied } from '../apply/last-applied.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll, withSource } from '../errors.ts';
import { bool, duration, int, string } from '../flags/define.ts';
import { reporter, SAVE_CONFIG, VALIDATE, writeFlags, writeQuery } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath, kindOf } from '../resources/info.ts';
import { findObjects } from '../resources/query.ts';
import { untilGone } from '../resources/until.ts';

export const replace: Command = {
  name: 'replace',
  section: 'Advanced Commands',
  short: 'Replace a resource by file name or stdin',
  examples: `
# Put what a file says in the place of what there is
kubectl replace -f web.yaml

# Delete it first, and create it again
kubectl replace --force -f web.yaml`,
  args: '-f FILENAME',
  completes: 'files',
  flags: [
    ...writeFlags('kubectl-replace'),
    ...filenameFlags('to use to replace the resource.'),
    SAVE_CONFIG,
    VALIDATE,
    bool('force', 'If true, immediately remove resources from API and bypass graceful deletion.'),
    int(
      'grace-period',
      'Period of time in seconds given to the resource to terminate gracefully. Can only be used with --force.',
      { byDefault: '-1' },
    ),
    duration('timeout', 'The length of time to wait before giving up on a delete. Can only be used with --force.'),
    string('raw', 'Raw URI to PUT to the server.'),
    string('subresource', 'If specified, replace will operate on the subresource of the requested object.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags } = context;
  const force = flags.bool('force');
  if (flags.int('grace-period') >= 0 && !force) throw new CommandError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0 && !force) throw new CommandError('--timeout must have --force specified');
  const files = flags.list('filename');
  if (files.length === 0) throw new CommandError('must specify one of -f and -k');
  if (flags.string('raw') !== '') {
    const body = await context.file(files[0] as string);
    context.out(await context.client.text(flags.string('raw'), { method: 'PUT', body }));
    return;
  }
  const { infos, errors } = await findObjects(context, { args: [], files: true });
  if (force) for (const info of infos) await removeFirst(context, info);
  const report = reporter(context);
  for (const info of infos) {
    const given = info.object as KubeObject;
    const isKept = flags.bool('save-config') || given.metadata.annotations?.[LAST_APPLIED] !== undefined;
    const object = isKept ? withLastApplied(given) : given;
    try {
      const query = writeQuery(context);
      const done = force
        ? await context.client.create(context.path(info.mapping, info.namespace), object, query)
        : await context.client.replace(
            infoPath(context, info, flags.string('subresource') || undefined),
            object,
            query,
          );
      report(done, 'replaced');
    } catch (error) {
      errors.push(withSource(force ? 'creating' : 'replacing', info.source, error));
    }
  }
  throwAll(errors);
}

async function removeFirst(context: Context, info: Info): Promise<void> {
  const grace = context.flags.int('grace-period');
  const options = { propagationPolicy: 'Background', gracePeriodSeconds: grace >= 0 ? grace : 0 };
  try {
    const answer = await context.client.remove(infoPath(context, info), options);
    const where = info.mapping.namespaced ? ` from ${info.namespace} namespace` : '';
    context.out(`${kindOf(info.mapping)} "${info.name}" deleted${where}\n`);
    const uid = answer.kind === 'Status' ? (answer.details as { uid?: string } | undefined)?.uid : answer.metadata?.uid;
    await untilGone(context, info, uid, context.flags.duration('timeout') || 5 * 60 * 1000);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
