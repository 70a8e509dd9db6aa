import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { EnvVar } from '../../../../../kube/types.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { array, bool, slice, string } from '../../flags/define.ts';
import { containerPatch, containersMatching, podSpecOf } from '../../resources/pod-spec.ts';
import { mustFind } from '../../resources/query.ts';
import { changeAll, setterFlags } from './setter.ts';

export const env: Command = {
  name: 'env',
  short: 'Update environment variables on a pod template',
  examples: `kubectl set env deployment/web MODE=fast
kubectl set env deployment/web MODE-
kubectl set env --from=configmap/settings deployment/web
kubectl set env deployment/web --list`,
  args: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  completes: 'types-and-names',
  flags: [
    ...setterFlags(),
    string('containers', 'The names of containers in the selected pod templates to change - may use wildcards', {
      short: 'c',
      byDefault: '*',
    }),
    string('from', 'The name of a resource from which to inject environment variables'),
    slice('keys', 'Comma-separated list of keys to import from specified resource'),
    string('prefix', 'Prefix to append to variable names'),
    array('env', 'Specify a key-value pair for an environment variable to set into each container.', { short: 'e' }),
    bool('list', 'If true, display the environment and any changes in the standard format.'),
    bool(
      'overwrite',
      'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
      { byDefault: 'true' },
    ),
  ],
  run,
};

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  const isVariable = (word: string): boolean => word.includes('=') || word.endsWith('-');
  const first = args.findIndex(isVariable);
  const [resources, words] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  if (words.some((word) => !isVariable(word))) {
    throw new CommandError(`all resources must be specified before environment changes: ${args.join(' ')}`);
  }
  if (resources.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (flags.bool('list') && flags.string('output') !== '') {
    throw new CommandError('--list and --output may not be specified together');
  }
  if (flags.list('keys').length > 0 && flags.string('from') === '') {
    throw new CommandError('when specifying --keys, a configmap or secret must be provided with --from');
  }
  const { variables, removed } = parsed([...flags.list('env'), ...words]);
  if (flags.string('from') !== '') variables.push(...(await imported(context)));
  for (const variable of variables) variable.name = flags.string('prefix') + variable.name;
  await changeAll(context, {
    resources,
    done: 'env updated',
    failure: 'failed to patch env update to pod template: ',
    patch: ({ object }) => change(context, object as KubeObject, variables, removed),
  });
}

function parsed(words: readonly string[]): { variables: EnvVar[]; removed: string[] } {
  const variables: EnvVar[] = [];
  const removed: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 0) removed.push(word.slice(0, -1));
    else {
      const name = word.slice(0, equals);
      if (!NAME.test(name))
        throw new CommandError(
          `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit`,
        );
      variables.push({ name, value: word.slice(equals + 1) });
    }
  }
  return { variables, removed };
}

async function imported(context: Context): Promise<EnvVar[]> {
  const { infos } = await mustFind(context, { args: [context.flags.string('from')] });
  const wanted = context.flags.list('keys');
  return infos.flatMap(({ object }) => {
    const { kind, metadata, data } = object as KubeObject & { data?: Record<string, string> };
    if (kind !== 'ConfigMap' && kind !== 'Secret') throw new CommandError('unsupported resource specified in --from');
    const keys = Object.keys(data ?? {}).filter((key) => wanted.length === 0 || wanted.includes(key));
    return keys.sort().map((key) => {
      const name = key.replace(/[^A-Za-z0-9_]/g, '_').toUpperCase();
      if (name !== key) context.err(`Warning: key ${key} transferred to ${name}\n`);
      const reference = { key, name: metadata.name ?? '' };
      return {
        name,
        valueFrom: kind === 'Secret' ? { secretKeyRef: reference } : { configMapKeyRef: reference },
      } as EnvVar;
    });
  });
}

function change(
  context: Context,
  object: KubeObject,
  variables: readonly EnvVar[],
  removed: readonly string[],
): object | undefined {
  const { flags } = context;
  const pattern = flags.string('containers');
  const found = containersMatching(podSpecOf(object), pattern);
  if (found.length === 0) {
    context.err(
      `Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(pattern)}\n`,
    );
    return undefined;
  }
  const changes = found.flatMap(({ field, container }) => {
    const old = container.env ?? [];
    if (!flags.bool('overwrite')) {
      const taken = variables.find(({ name }) => old.some((each) => each.name === name));
      if (taken)
        throw new CommandError(
          `'${taken.name}' already has a value (${old.find(({ name }) => name === taken.name)?.value}), and --overwrite is false`,
        );
    }
    const next = updated(old, variables, removed);
    if (flags.bool('list')) listOut(context, object, container.name, next);
    if (JSON.stringify(old) === JSON.stringify(next)) return [];
    const gone = old
      .filter(({ name }) => !next.some((each) => each.name === name))
      .map(({ name }) => ({ name, $patch: 'delete' }));
    const changed = next.filter(
      (each) => JSON.stringify(each) !== JSON.stringify(old.find(({ name }) => name === each.name)),
    );
    const order = next.map(({ name }) => ({ name }));
    return [
      {
        field,
        name: container.name,
        change: { env: [...changed.map(wholly), ...gone], '$setElementOrder/env': order },
      },
    ];
  });
  return flags.bool('list') || changes.length === 0 ? undefined : containerPatch(object, changes);
}

/** A value takes the place of a reference, and the other way. */
function wholly({ name, value, valueFrom }: EnvVar): object {
  return valueFrom ? { name, value: null, valueFrom } : { name, value, valueFrom: null };
}

function updated(old: readonly EnvVar[], variables: readonly EnvVar[], removed: readonly string[]): EnvVar[] {
  const latest = new Map(variables.map((variable) => [variable.name, variable]));
  const kept = old.filter(({ name }) => !removed.includes(name)).map((each) => latest.get(each.name) ?? each);
  const added = [...latest.values()].filter(
    ({ name }) => !removed.includes(name) && !kept.some((each) => each.name === name),
  );
  return [...kept, ...added];
}

function listOut(context: Context, { kind, metadata }: KubeObject, container: string, list: readonly EnvVar[]): void {
  context.out(`# ${kind} ${metadata.name}, container ${container}\n`);
  for (const { name, value = '', valueFrom } of list) {
    context.out(valueFrom ? `# ${name} from ${referenceText(valueFrom)}\n` : `${name}=${value}\n`);
  }
}

function referenceText({
  configMapKeyRef,
  secretKeyRef,
  fieldRef,
  resourceFieldRef,
}: NonNullable<EnvVar['valueFrom']>): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef) return `field path ${fieldRef.fieldPath}`;
  if (!resourceFieldRef) return 'invalid valueFrom';
  const prefix = resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : '';
  return `resource field ${prefix}${resourceFieldRef.resource}`;
}
