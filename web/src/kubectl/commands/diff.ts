/** `kubectl diff` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { LAST_APPLIED, withLastApplied } from '../apply/last-applied.ts';
import { patchFor } from '../apply/patch.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { bool } from '../flags/define.ts';
import { unifiedDiff } from '../print/diff.ts';
import { shown } from '../print/printer.ts';
import { yamlOf } from '../print/yaml.ts';
import { fieldManager, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath } from '../resources/info.ts';
import { fetchObject, findObjects } from '../resources/query.ts';

export const diff: Command = {
  name: 'diff',
  section: 'Advanced Commands',
  short: 'Diff the live version against a would-be applied version',
  long: 'Diff the live version against a would-be applied version. The exit code is 1 where there is a difference.',
  examples: 'kubectl diff -f web.yaml',
  args: '-f FILENAME',
  completes: 'files',
  flags: [
    ...filenameFlags('contains the configuration to diff'),
    SELECTOR,
    bool('server-side', 'If true, apply runs in the server instead of the client.'),
    bool('force-conflicts', 'If true, server-side apply will force the changes against conflicts.'),
    fieldManager('kubectl-client-side-apply'),
  ],
  run,
};

async function run(context: Context): Promise<number> {
  const { flags, args } = context;
  if (args.length > 0) throw context.usage(`Unexpected args: [${args.join(' ')}]`);
  if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k', 2);
  const { infos, errors } = await findObjects(context, {
    args: [],
    files: true,
    labelSelector: flags.string('selector'),
  });
  throwAll(errors);
  let differs = false;
  for (const info of infos) {
    const live = await current(context, info);
    const next = await merged(context, info, live);
    const [left, right] = hidden(live, next);
    const { group, version, kind } = info.mapping;
    const name = [...(group ? [group] : []), version, kind, info.namespace, info.name].join('.');
    const text = unifiedDiff(left ? printed(left) : '', printed(right), `LIVE/${name}`, `MERGED/${name}`);
    if (text === '') continue;
    differs = true;
    context.out(`diff -u -N LIVE/${name} MERGED/${name}\n${text}`);
  }
  return differs ? 1 : 0;
}

async function current(context: Context, info: Info): Promise<KubeObject | undefined> {
  try {
    return await fetchObject(context, info);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function printed(object: KubeObject): string {
  return yamlOf(shown(object, false));
}

/** Values of Secrets are not shown: only which of them differ. */
function hidden(live: KubeObject | undefined, next: KubeObject): [KubeObject | undefined, KubeObject] {
  if (next.kind !== 'Secret' || next.apiVersion !== 'v1') return [live, next];
  const [before, after] = [live?.data ?? {}, next.data ?? {}] as [Record<string, string>, Record<string, string>];
  const stars = (data: Record<string, string>, other: Record<string, string>, word: string) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => {
        const isOther = other[key] !== undefined && other[key] !== value;
        return [key, isOther ? `*** (${word})` : '***'];
      }),
    );
  return [live && { ...live, data: stars(before, after, 'before') }, { ...next, data: stars(after, before, 'after') }];
}

async function merged(context: Context, info: Info, live: KubeObject | undefined): Promise<KubeObject> {
  const { client, flags } = context;
  const query = { dryRun: 'All', fieldManager: flags.string('field-manager') };
  if (flags.bool('server-side')) {
    const force = String(flags.bool('force-conflicts'));
    const manager = flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl';
    return client.patch(infoPath(context, info), 'apply', JSON.stringify(info.object), {
      ...query,
      fieldManager: manager,
      force,
    });
  }
  if (!live) return client.create(context.path(info.mapping, info.namespace), info.object, query);
  const { patch, type } = await patchFor(context, info, live, withLastApplied(info.object as KubeObject));
  // The last-applied annotation would say everything twice.
  const { annotations } = (patch.metadata ?? {}) as { annotations?: Record<string, unknown> };
  delete annotations?.[LAST_APPLIED];
  return client.patch(infoPath(context, info), type, patch, query);
}
