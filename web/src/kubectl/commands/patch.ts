/** `kubectl patch` */
import { parse } from 'yaml';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { jsonPatch } from '../../../../kube/machinery/patch/json.ts';
import type { PatchType } from '../api/client.ts';
import { same } from '../apply/three-way.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, throwAll } from '../errors.ts';
import { string } from '../flags/define.ts';
import { dryRunOf, reporter, writeFlags, writeQuery } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath } from '../resources/info.ts';
import { merged } from '../resources/patching.ts';
import { findObjects } from '../resources/query.ts';

const TYPES = ['json', 'merge', 'strategic'];

export const patch: Command = {
  name: 'patch',
  section: 'Advanced Commands',
  short: 'Update fields of a resource',
  examples: `
# Update a deployment's replicas
kubectl patch deployment web -p '{"spec":{"replicas":3}}'

# Remove a label with a JSON patch
kubectl patch pod web --type=json -p '[{"op":"remove","path":"/metadata/labels/a"}]'`,
  args: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  completes: 'types-and-names',
  flags: [
    ...writeFlags('kubectl-patch'),
    ...filenameFlags('identifying the resource to update'),
    string('patch', 'The patch to be applied to the resource JSON file.', { short: 'p' }),
    string('patch-file', 'A file containing a patch to be applied to the resource.'),
    string('type', 'The type of patch being provided; one of [json merge strategic]', {
      byDefault: 'strategic',
      choices: TYPES,
    }),
    string('subresource', 'If specified, patch will operate on the subresource of the requested object.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const [text, file] = [flags.string('patch'), flags.string('patch-file')];
  if (text !== '' && file !== '') throw new CommandError('cannot specify --patch and --patch-file together');
  if (text === '' && file === '') {
    throw new CommandError('must specify --patch or --patch-file containing the contents of the patch');
  }
  const type = flags.string('type').toLowerCase();
  if (!TYPES.includes(type)) {
    throw new CommandError(`--type must be one of [${TYPES.join(' ')}], not ${JSON.stringify(flags.string('type'))}`);
  }
  const body = parsed(file === '' ? text : await context.file(file));
  const subresource = flags.string('subresource');
  const { infos, errors } = await findObjects(context, { args, files: true, latest: true, subresource });
  const report = reporter(context);
  for (const info of infos) {
    try {
      const before = info.object as KubeObject;
      const after = await patched(context, info, type as PatchType, body, subresource);
      report(after, same(before, after) ? 'patched (no change)' : 'patched');
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (infos.length === 0) throw new CommandError('no objects passed to patch');
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [message = ''] = (error as Error).message.split('\n');
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: yaml: ${message}`);
  }
}

async function patched(
  context: Context,
  info: Info,
  type: PatchType,
  body: unknown,
  subresource: string,
): Promise<KubeObject> {
  if (dryRunOf(context) !== 'client') {
    const path = infoPath(context, info, subresource || undefined);
    return context.client.patch(path, type, JSON.stringify(body), writeQuery(context));
  }
  if (type === 'json') return jsonPatch(info.object as never, body as never) as unknown as KubeObject;
  return merged(info.object as KubeObject, body as object);
}
