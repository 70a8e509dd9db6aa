/** `kubectl taint` */
import type { Node, Taint } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { taintText } from '../describe/node.ts';
import { CommandError, throwAll } from '../errors.ts';
import { bool } from '../flags/define.ts';
import { all, reporter, SELECTOR, writeFlags } from '../resources/changes.ts';
import { patchObject } from '../resources/patching.ts';
import { findObjects } from '../resources/query.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const taint: Command = {
  name: 'taint',
  section: 'Cluster Management Commands',
  short: 'Update the taints on one or more nodes',
  examples: `
# Keep pods that do not tolerate it away from a node
kubectl taint nodes sim-0 dedicated=games:NoSchedule

# Remove the taint
kubectl taint nodes sim-0 dedicated:NoSchedule-`,
  args: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  completes: 'names:nodes',
  flags: [
    ...writeFlags('kubectl-taint'),
    SELECTOR,
    all('Select all nodes in the cluster'),
    bool(
      'overwrite',
      'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.',
    ),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const isTaint = (word: string): boolean => /[=:]/.test(word) || word.endsWith('-');
  const first = args.findIndex(isTaint);
  const [resources, specs] = first < 0 ? [args, []] : [args.slice(0, first), args.slice(first)];
  const stray = specs.find((word) => !isTaint(word));
  if (stray !== undefined) throw new CommandError(`all resources must be specified before taint changes: ${stray}`);
  if (resources.length === 0) throw new CommandError('one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new CommandError('at least one taint update is required');
  const change = changeOf(context, specs);
  const type = (resources[0] as string).toLowerCase();
  if ((await context.discovery.find(type)).kind !== 'Node') {
    throw new CommandError(`invalid resource type ${type}, only node types are supported`);
  }
  const selector = flags.string('selector');
  const isAll = flags.bool('all');
  if (isAll && selector !== '')
    throw new CommandError("setting 'all' parameter with a non empty selector is prohibited");
  if (!isAll && selector === '' && resources.length < 2) {
    throw new CommandError("at least one resource name must be specified since 'all' parameter is not set");
  }
  const named = isAll || selector !== '' ? ['nodes'] : ['nodes', ...resources.slice(1)];
  const { infos, errors } = await findObjects(context, { args: named, labelSelector: selector, all: isAll });
  const report = reporter(context);
  for (const info of infos) {
    try {
      const { taints, done } = updated(info.object as unknown as Node, change, flags.bool('overwrite'));
      report(await patchObject(context, info, 'merge', { spec: { taints: taints.length > 0 ? taints : null } }), done);
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

interface Change {
  add: Taint[];
  remove: Taint[];
}

function changeOf(context: Context, specs: readonly string[]): Change {
  const change: Change = { add: [], remove: [] };
  const invalid = (spec: string): Error => context.usage(`invalid taint spec: ${spec}`);
  for (const spec of specs) {
    const isRemoval = spec.endsWith('-');
    const text = isRemoval ? spec.slice(0, -1) : spec;
    const [pair = '', effect = '', ...more] = text.split(':');
    const [key = '', value = '', ...rest] = pair.split('=');
    if (more.length > 0 || rest.length > 0 || key === '') throw invalid(text);
    if (text.includes(':') && !EFFECTS.includes(effect)) {
      throw context.usage(`invalid taint effect: ${effect}, unsupported taint effect`);
    }
    if (!isRemoval && effect === '') throw invalid(spec);
    if (isRemoval) change.remove.push({ key, effect });
    else change.add.push(value === '' ? { key, effect } : { key, value, effect });
  }
  const both = change.remove.filter(({ key, effect }) =>
    change.add.some((added) => added.key === key && (effect === '' || added.effect === effect)),
  );
  if (both.length > 0) {
    const list = both.map(({ key, effect }) => `${key}=${effect}`).join(', ');
    throw new CommandError(`can not both modify and remove the following taint(s) in the same command: ${list}`);
  }
  return change;
}

function updated(
  { metadata, spec }: Node,
  { add, remove }: Change,
  overwrites: boolean,
): { taints: Taint[]; done: string } {
  const old = spec?.taints ?? [];
  const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
  const taken = add.filter((each) => old.some((other) => same(each, other)));
  if (taken.length > 0 && !overwrites) {
    throw new CommandError(
      `node ${metadata.name} already has ${taken.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const joined = [...add, ...old.filter((each) => !add.some((other) => same(each, other)))];
  const isGone = (each: Taint): boolean =>
    remove.some(({ key, effect }) => each.key === key && (!effect || each.effect === effect));
  const missing = remove.filter(
    ({ key, effect }) => !joined.some((each) => each.key === key && (!effect || each.effect === effect)),
  );
  throwAll(missing.map((each) => new CommandError(`taint ${JSON.stringify(taintText(each))} not found`)));
  const isAdded = joined.length !== old.length;
  const done = (isAdded && remove.length > 0) || overwrites ? 'modified' : isAdded ? 'tainted' : 'untainted';
  return { taints: joined.filter((each) => !isGone(each)), done };
}
