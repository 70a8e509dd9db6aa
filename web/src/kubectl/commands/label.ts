/** `kubectl label` and `kubectl annotate` */
import { isValidLabelValue } from '../../../../kube/machinery/names.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, throwAll } from '../errors.ts';
import { bool } from '../flags/define.ts';
import { ALL_NAMESPACES, all, FIELD_SELECTOR, reporter, SELECTOR, writeFlags } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import type { Info } from '../resources/info.ts';
import { patchObject, splitPairs } from '../resources/patching.ts';
import { findObjects } from '../resources/query.ts';

interface Words {
  noun: 'label' | 'annotation';
  field: 'labels' | 'annotations';
}

const LABEL: Words = { noun: 'label', field: 'labels' };
const ANNOTATION: Words = { noun: 'annotation', field: 'annotations' };

const flagsFor = ({ noun, field }: Words, manager: string) => [
  ...writeFlags(manager),
  ...filenameFlags(`identifying the resource to update the ${field}`),
  SELECTOR,
  FIELD_SELECTOR,
  ALL_NAMESPACES,
  all('Select all resources, in the namespace of the specified resource types'),
  bool(
    'overwrite',
    `If true, allow ${field} to be overwritten, otherwise reject ${noun} updates that overwrite existing ${field}.`,
  ),
  bool('list', `If true, display the ${field} for a given resource.`),
];

export const label: Command = {
  name: 'label',
  section: 'Settings Commands',
  short: 'Update the labels on a resource',
  examples: `
# Give a pod a label
kubectl label pod web tier=front

# Change it
kubectl label --overwrite pod web tier=back

# Remove it
kubectl label pod web tier-`,
  args: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N',
  completes: 'types-and-names',
  flags: flagsFor(LABEL, 'kubectl-label'),
  run: (context) => run(context, LABEL),
};

export const annotate: Command = {
  name: 'annotate',
  section: 'Settings Commands',
  short: 'Update the annotations on a resource',
  examples: `
# Give a pod an annotation
kubectl annotate pod web description='the shop window'

# Remove it
kubectl annotate pod web description-`,
  args: '[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N',
  completes: 'types-and-names',
  flags: flagsFor(ANNOTATION, 'kubectl-annotate'),
  run: (context) => run(context, ANNOTATION),
};

interface Change {
  set: Map<string, string>;
  remove: string[];
}

async function run(context: Context, words: Words): Promise<void> {
  const { flags } = context;
  const { resources, pairs } = splitPairs(context.args, words.noun);
  const change = words === LABEL ? labelsOf(pairs) : annotationsOf(pairs);
  const lists = flags.bool('list');
  if (lists && flags.string('output') !== '')
    throw new CommandError('--list and --output may not be specified together');
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  if (resources.length === 0 && flags.list('filename').length === 0) {
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (change.set.size === 0 && change.remove.length === 0 && !lists) {
    throw new CommandError(`at least one ${words.noun} update is required`);
  }
  const { infos, errors, isSingle } = await findObjects(context, {
    args: resources,
    files: true,
    latest: true,
    labelSelector: flags.string('selector'),
    emptySelector: flags.bool('all'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
  });
  const report = reporter(context);
  for (const info of infos) {
    try {
      if (lists) list(context, info, words, isSingle);
      else {
        const [object, done] = await update(context, info, change, words);
        report(object, done);
      }
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

function list(context: Context, { object, name, mapping }: Info, { field }: Words, isSingle: boolean): void {
  if (!isSingle) context.out(`Listing ${field} for ${mapping.kind}.${mapping.group}/${name}:\n`);
  for (const [key, value] of Object.entries(object?.metadata[field] ?? {}).sort()) {
    context.out(`${isSingle ? '' : ' '}${key}=${value}\n`);
  }
}

async function update(
  context: Context,
  info: Info,
  { set, remove }: Change,
  words: Words,
): Promise<[KubeObject, string]> {
  const object = info.object as KubeObject;
  const current = object.metadata[words.field] ?? {};
  if (!context.flags.bool('overwrite')) refuseOverwrites(current, set, words);
  const added = [...set].filter(([key, value]) => current[key] !== value);
  const removed = remove.filter((key) => current[key] !== undefined);
  if (words === LABEL) {
    for (const key of remove) if (!removed.includes(key)) context.out(`label ${JSON.stringify(key)} not found.\n`);
  }
  const done = words === ANNOTATION ? 'annotated' : labelWord(added.length > 0, removed.length > 0);
  if (words === LABEL && added.length === 0 && removed.length === 0) return [object, done];
  const values = { ...Object.fromEntries(added), ...Object.fromEntries(removed.map((key) => [key, null])) };
  const patch = added.length + removed.length === 0 ? {} : { metadata: { [words.field]: values } };
  return [await patchObject(context, info, 'merge', patch), done];
}

function labelWord(isAdded: boolean, isRemoved: boolean): string {
  if (isAdded && isRemoved) return 'modified';
  return isAdded ? 'labeled' : isRemoved ? 'unlabeled' : 'not labeled';
}

function refuseOverwrites(current: Record<string, string>, set: Change['set'], words: Words): void {
  const taken = [...set].filter(([key, value]) =>
    words === LABEL ? current[key] !== undefined && current[key] !== value : current[key] !== undefined,
  );
  if (taken.length === 0) return;
  if (words === LABEL) {
    const lines = taken.map(([key]) => `'${key}' already has a value (${current[key]}), and --overwrite is false`);
    throw new CommandError(lines.length === 1 ? (lines[0] as string) : `[${lines.join(', ')}]`);
  }
  const lines = taken.map(([key]) => `'${key}' already has a value (${current[key]})`);
  throw new CommandError(`--overwrite is false but found the following declared annotation(s): ${lines.join('; ')}`);
}

function labelsOf(pairs: readonly string[]): Change {
  const change: Change = { set: new Map(), remove: [] };
  for (const pair of pairs) {
    if (!pair.includes('=')) {
      change.remove.push(pair.slice(0, -1));
      continue;
    }
    const [key = '', value = '', ...more] = pair.split('=');
    if (more.length > 0) throw new CommandError(`invalid label spec: ${pair}`);
    const problems = isValidLabelValue(value);
    if (problems.length > 0)
      throw new CommandError(`invalid label value: ${JSON.stringify(pair)}: ${problems.join(';')}`);
    change.set.set(key, value);
  }
  if (change.remove.some((key) => change.set.has(key))) {
    throw new CommandError('can not both modify and remove a label in the same command');
  }
  return change;
}

function annotationsOf(pairs: readonly string[]): Change {
  const change: Change = { set: new Map(), remove: [] };
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) change.set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else if (equals < 0 && pair.length > 1) change.remove.push(pair.slice(0, -1));
    else throw new CommandError(`invalid annotation format: ${pair}`);
  }
  const both = change.remove.filter((key) => change.set.has(key));
  if (both.length > 0) {
    throw new CommandError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  return change;
}
