/** `kubectl apply` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { mergePatch } from '../../../../kube/machinery/patch/merge.ts';
import { LAST_APPLIED, withLastApplied, withoutNulls } from '../apply/last-applied.ts';
import { patchFor, patchTo } from '../apply/patch.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isConflict, isNotFound, throwAll, withSource } from '../errors.ts';
import { bool, string } from '../flags/define.ts';
import { outputFlags } from '../print/printer.ts';
import { DRY_RUN, dryRunOf, reporter, SELECTOR, VALIDATE, writeQuery } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath, objectName } from '../resources/info.ts';
import { fetchObject, findObjects } from '../resources/query.ts';
import { viewLastApplied } from './apply-view.ts';

const CONFLICT = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

export const apply: Command = {
  name: 'apply',
  section: 'Advanced Commands',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: 'Apply a configuration to a resource by file name or stdin. The resource name must be specified. The resource is created if it does not exist yet.',
  examples: `
# Apply what a file says
kubectl apply -f web.yaml

# Apply what is typed or pasted, up to the line EOF
kubectl apply -f - <<EOF

# See what would be refused, without changing anything
kubectl apply -f web.yaml --dry-run=server`,
  args: '-f FILENAME',
  completes: 'files',
  commands: [viewLastApplied],
  flags: [
    ...filenameFlags('that contains the configuration to apply'),
    ...outputFlags(),
    SELECTOR,
    DRY_RUN,
    VALIDATE,
    bool('server-side', 'If true, apply runs in the server instead of the client.'),
    bool('force-conflicts', 'If true, server-side apply will force the changes against conflicts.'),
    string('field-manager', 'Name of the manager used to track field ownership.', {
      byDefault: 'kubectl-client-side-apply',
    }),
    bool(
      'overwrite',
      'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
      { byDefault: 'true', hidden: true },
    ),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags } = context;
  if (context.args.length > 0) throw context.usage(`Unexpected args: [${context.args.join(' ')}]`);
  if (flags.list('filename').length === 0) throw new CommandError('must specify one of -f and -k');
  const isServerSide = flags.bool('server-side');
  const dryRun = dryRunOf(context);
  if (flags.bool('force-conflicts') && !isServerSide) {
    throw new CommandError('--force-conflicts only works with --server-side');
  }
  if (dryRun === 'client' && isServerSide) {
    throw new CommandError(`--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)`);
  }
  const { infos, errors } = await findObjects(context, {
    args: [],
    files: true,
    labelSelector: flags.string('selector'),
  });
  if (infos.length === 0 && errors.length === 0) throw new CommandError('no objects passed to apply');
  const report = reporter(context);
  const printed: KubeObject[] = [];
  for (const info of infos) {
    try {
      const [object, done] = await (isServerSide ? serverSide(context, info) : clientSide(context, info));
      if (object.metadata.deletionTimestamp) {
        context.err(
          `Warning: Detected changes to resource ${object.metadata.name} which is currently being deleted.\n`,
        );
      }
      if (flags.string('output') === '' && flags.string('template') === '') report(object, done);
      else printed.push(object);
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (printed.length === 1 || flags.string('output') === 'name') for (const object of printed) report(object, '');
  else if (printed.length > 1) report({ apiVersion: 'v1', items: printed, kind: 'List', metadata: {} }, '');
}

async function serverSide(context: Context, info: Info): Promise<[KubeObject, string]> {
  const { flags } = context;
  if (info.name === '') throw nameless(info);
  const manager = flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl';
  const query = { ...writeQuery(context, manager), force: String(flags.bool('force-conflicts')) };
  try {
    const object = await context.client.patch(infoPath(context, info), 'apply', JSON.stringify(info.object), query);
    return [object, 'serverside-applied'];
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw new CommandError(`${(error as Error).message}${CONFLICT}`);
  }
}

function nameless(info: Info): Error {
  const generated = info.object?.metadata.generateName;
  if (generated) return new CommandError(`from ${generated}: cannot use generate name with apply`);
  const error = new CommandError('resource name may not be empty');
  return withSource(retrieving(info), info.source, error);
}

async function clientSide(context: Context, info: Info): Promise<[KubeObject, string]> {
  if (info.name === '') throw nameless(info);
  const modified = withLastApplied(info.object as KubeObject);
  const isClientOnly = dryRunOf(context) === 'client';
  let current: KubeObject;
  try {
    current = await fetchObject(context, info);
  } catch (error) {
    if (!isNotFound(error)) throw withSource(retrieving(info), info.source, error);
    return [await created(context, info, modified, isClientOnly), 'created'];
  }
  if (current.metadata.annotations?.[LAST_APPLIED] === undefined) {
    context.err(
      `Warning: resource ${objectName(info)} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  }
  if (isClientOnly) {
    const { patch } = await patchFor(context, info, current, modified);
    const object = mergePatch(current as never, patch as never) as unknown as KubeObject;
    return [object, Object.keys(patch).length === 0 ? 'unchanged' : 'configured'];
  }
  try {
    const { object, patch } = await patchTo(context, info, current, modified);
    return [object, Object.keys(patch).length === 0 ? 'unchanged' : 'configured'];
  } catch (error) {
    throw withSource(`applying patch:\n${''}\nto:\n${described(info)}\nfor:`, info.source, error);
  }
}

async function created(context: Context, info: Info, modified: KubeObject, isClientOnly: boolean): Promise<KubeObject> {
  const object = withoutNulls(modified);
  if (isClientOnly) return object;
  try {
    return await context.client.create(context.path(info.mapping, info.namespace), object, writeQuery(context));
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

function retrieving(info: Info): string {
  return `retrieving current configuration of:\n${described(info)}\nfrom server for:`;
}

/** `Info.String` */
function described({ mapping, namespace, name }: Info): string {
  const version = mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`;
  const groupVersion = mapping.group === '' ? `/${mapping.version}` : version;
  return `Resource: "${groupVersion}, Resource=${mapping.resource}", GroupVersionKind: "${groupVersion}, Kind=${mapping.kind}"\nName: "${name}", Namespace: "${namespace}"`;
}
