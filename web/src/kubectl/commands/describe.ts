/** `kubectl describe` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Event } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { describeEvents, eventsOf } from '../describe/events.ts';
import { Sheet } from '../describe/sheet.ts';
import { describerOf } from '../describe/table.ts';
import { CommandError, isNotFound, throwAll } from '../errors.ts';
import { bool, int } from '../flags/define.ts';
import { ALL_NAMESPACES, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import type { Info } from '../resources/info.ts';
import { findObjects, listOf } from '../resources/query.ts';

export const describe: Command = {
  name: 'describe',
  section: 'Troubleshooting and Debugging Commands',
  short: 'Show details of a specific resource or group of resources',
  long: 'Show details of a resource or group of resources, with what belongs to it and its events. A name that there is not is taken for the beginning of names.',
  examples: `
# Describe a node
kubectl describe node sim-0

# Describe all pods with a label
kubectl describe pods -l app=web`,
  args: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  completes: 'types-and-names',
  flags: [
    ...filenameFlags('containing the resource to describe'),
    SELECTOR,
    ALL_NAMESPACES,
    bool('show-events', 'If true, display events related to the described object.', { byDefault: 'true' }),
    int('chunk-size', 'Return large lists in chunks rather than all at once. Pass 0 to disable.', { byDefault: '500' }),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (args.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  const { infos, errors } = await findObjects(context, {
    args,
    files: true,
    latest: true,
    emptySelector: true,
    labelSelector: flags.string('selector'),
    allNamespaces: flags.bool('all-namespaces'),
    chunk: flags.int('chunk-size'),
  });
  if (errors.length > 0 && isNotFound(errors[0]) && args.length === 2) {
    return describeMatching(context, errors[0], args[0] as string, args[1] as string);
  }
  const withEvents =
    errors.length > 0 || infos.length > 1
      ? flags.changed('show-events') && flags.bool('show-events')
      : flags.bool('show-events');
  await describeAll(context, infos, withEvents, errors);
  if (infos.length === 0 && errors.length === 0) {
    context.err(
      flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${context.namespace} namespace.\n`,
    );
  }
  throwAll(errors);
}

/** Objects whose names begin so. */
async function describeMatching(context: Context, original: unknown, type: string, prefix: string): Promise<void> {
  const mapping = await context.discovery.find(type);
  const { infos } = await listOf(
    context,
    { args: [], allNamespaces: context.flags.bool('all-namespaces'), labelSelector: context.flags.string('selector') },
    mapping,
  );
  const matching = infos.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) throw original;
  const withEvents = context.flags.changed('show-events') && context.flags.bool('show-events');
  await describeAll(context, matching, withEvents, [], '\n');
}

async function describeAll(
  context: Context,
  infos: readonly Info[],
  withEvents: boolean,
  errors: unknown[],
  end = '',
): Promise<void> {
  let isFirst = true;
  for (const info of infos) {
    try {
      const text = await describeOne(context, info, withEvents);
      context.out(isFirst || end !== '' ? `${text}${end}` : `\n\n${text}`);
      isFirst = false;
    } catch (error) {
      if (!errors.some((known) => (known as Error).message === (error as Error).message)) errors.push(error);
    }
  }
}

/** The text of one description. */
async function describeOne(context: Context, { mapping, object }: Info, withEvents: boolean): Promise<string> {
  const describer = describerOf(mapping);
  const sheet = new Sheet();
  await describer.describe(sheet, object as KubeObject, { context });
  if (withEvents && describer.eventKind !== 'no events') {
    const { metadata, kind } = object as KubeObject;
    const about = {
      name: metadata.name ?? '',
      namespace: metadata.namespace ?? '',
      kind: describer.eventKind === 'none' ? undefined : kind,
      uid: metadata.uid,
    };
    let events: Event[] | undefined = await eventsOf(context, about);
    if (describer.eventsOfName)
      events = [...(events ?? []), ...((await eventsOf(context, { ...about, uid: about.name })) ?? [])];
    describeEvents(sheet, events, context.now);
  }
  return sheet.text();
}
