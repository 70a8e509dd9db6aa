/** `kubectl delete` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, throwAll, withSource } from '../errors.ts';
import { bool, duration, int, string } from '../flags/define.ts';
import { ALL_NAMESPACES, all, DRY_RUN, dryRunOf, FIELD_SELECTOR, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, infoPath, kindOf } from '../resources/info.ts';
import { findObjects } from '../resources/query.ts';
import { untilGone } from '../resources/until.ts';

const CASCADES: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

export const remove: Command = {
  name: 'delete',
  section: 'Basic Commands (Intermediate)',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: 'Delete resources by file names, stdin, resources and names, or by resources and label selector. What belongs to them goes too, unless --cascade=orphan is given.',
  examples: `
# Delete a pod
kubectl delete pod web

# Delete what a file made
kubectl delete -f web.yaml

# Delete pods and services with a label
kubectl delete pods,services -l app=web`,
  args: '([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  completes: 'types-and-names',
  flags: [
    ...filenameFlags('containing the resource to delete.'),
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    DRY_RUN,
    all('Delete all resources, in the namespace of the specified resource types.'),
    string(
      'cascade',
      'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents.',
      {
        byDefault: 'background',
        bare: 'background',
        choices: ['background', 'orphan', 'foreground'],
      },
    ),
    bool('force', 'If true, immediately remove resources from API and bypass graceful deletion.'),
    int(
      'grace-period',
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.',
      { byDefault: '-1' },
    ),
    bool('now', 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).'),
    bool(
      'ignore-not-found',
      'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    ),
    bool('wait', 'If true, wait for resources to be gone before returning.', { byDefault: 'true' }),
    duration(
      'timeout',
      'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    ),
    string('output', 'Output mode. Use "-o name" for shorter output (resource/name).', {
      short: 'o',
      choices: ['name'],
    }),
    string('raw', 'Raw URI to DELETE to the server.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const output = flags.string('output');
  if (output !== '' && output !== 'name') {
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  }
  if (flags.string('raw') !== '') {
    context.out(await context.client.text(flags.string('raw'), { method: 'DELETE' }));
    return;
  }
  const grace = graceOf(context);
  const isSelection = flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== '';
  const ignoresMissing = flags.changed('ignore-not-found') ? flags.bool('ignore-not-found') : isSelection;
  const propagationPolicy = CASCADES[flags.string('cascade')];
  if (!propagationPolicy) {
    throw new CommandError(
      `invalid cascade value (${flags.string('cascade')}). Must be "background", "foreground", or "orphan"`,
    );
  }
  const { infos, errors } = await findObjects(context, {
    args,
    files: true,
    nameOnly: true,
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    all: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
  });
  if (grace === 0 && flags.bool('force')) {
    context.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  }
  const problems = errors.filter((error) => !(ignoresMissing && isNotFound(error)));
  const deleted: [Info, uid: string | undefined][] = [];
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy,
    ...(grace >= 0 && { gracePeriodSeconds: grace }),
    ...(dryRunOf(context) === 'server' && { dryRun: ['All'] }),
  };
  let found = 0;
  let warns = context.hasNamespaceFlag && !flags.bool('all-namespaces');
  for (const info of infos) {
    if (warns && !info.mapping.namespaced) {
      context.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
      warns = false;
    }
    try {
      found++;
      const answer = dryRunOf(context) === 'client' ? undefined : await deleteOne(context, info, options);
      say(context, info, grace);
      if (answer) deleted.push([info, uidOf(answer)]);
    } catch (error) {
      if (ignoresMissing && isNotFound(error)) continue;
      problems.push(error);
    }
  }
  throwAll(problems);
  if (found === 0) context.out('No resources found\n');
  if (!flags.bool('wait') || dryRunOf(context) !== 'none') return;
  for (const [info, uid] of deleted) await untilGone(context, info, uid, flags.duration('timeout'));
}

function graceOf({ flags }: Context): number {
  let grace = flags.int('grace-period');
  const force = flags.bool('force');
  if (flags.bool('now')) {
    if (grace !== -1) throw new CommandError('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (grace === 0 && !force) grace = 1;
  if (force && grace < 0) grace = 0;
  if (grace > 0 && force) {
    throw new CommandError('--force and --grace-period greater than 0 cannot be specified together');
  }
  return grace;
}

async function deleteOne(context: Context, info: Info, options: object): Promise<KubeObject> {
  try {
    return await context.client.remove(infoPath(context, info), options);
  } catch (error) {
    throw withSource('deleting', info.source, error);
  }
}

function uidOf(answer: KubeObject): string | undefined {
  return answer.kind === 'Status' ? (answer.details as { uid?: string } | undefined)?.uid : answer.metadata?.uid;
}

function say(context: Context, info: Info, grace: number): void {
  const kind = kindOf(info.mapping);
  if (context.flags.string('output') === 'name') {
    context.out(`${kind}/${info.name}\n`);
    return;
  }
  let done = grace === 0 ? 'force deleted' : 'deleted';
  if (info.mapping.namespaced) done += ` from ${info.namespace} namespace`;
  done += { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRunOf(context)];
  context.out(`${kind} "${info.name}" ${done}\n`);
}
