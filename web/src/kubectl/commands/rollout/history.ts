import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { describeTemplate } from '../../describe/pod-template.ts';
import { Sheet } from '../../describe/sheet.ts';
import { CommandError, throwAll } from '../../errors.ts';
import { int } from '../../flags/define.ts';
import { kindName, outputFlags, printerFor } from '../../print/printer.ts';
import { DESCRIPTION, tabulate } from '../../print/tabwriter.ts';
import { type Revision, revisionsOf } from '../../rollout/revisions.ts';
import { findTargets, requireTargets, TARGET_FLAGS } from './targets.ts';

export const history: Command = {
  name: 'history',
  short: 'View rollout history',
  examples: `kubectl rollout history deployment/web
kubectl rollout history deployment/web --revision=2`,
  args: '(TYPE NAME | TYPE/NAME)',
  completes: 'types-and-names',
  flags: [
    ...TARGET_FLAGS,
    ...outputFlags(),
    int('revision', 'See the details, including podTemplate of the revision specified'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags } = context;
  requireTargets(context);
  const wanted = flags.int('revision');
  if (wanted < 0) throw new CommandError(`revision must be a positive integer: ${wanted}`);
  const print = printerFor(flags);
  const { infos, errors } = await findTargets(context);
  for (const info of infos) {
    const all = await revisionsOf(context, info);
    const chosen = wanted > 0 ? all.filter(({ number }) => number === wanted) : all;
    if (wanted > 0 && chosen.length === 0) throw new CommandError('unable to find the specified revision');
    if (print) for (const { object } of chosen) context.out(print(object));
    else {
      const suffix = wanted > 0 ? `with revision #${wanted}` : '';
      const text = wanted > 0 ? templateText(chosen[0] as Revision) : listText(all);
      const object = info.object as KubeObject;
      context.out(`${kindName(object)}/${object.metadata.name} ${suffix}\n${text}\n`);
    }
  }
  throwAll(errors);
}

function listText(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.';
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause || '<none>'}\n`).join('');
  return tabulate(`REVISION\tCHANGE-CAUSE\n${rows}`, DESCRIPTION);
}

/** Its columns are left as they are: tabs. */
function templateText({ template, cause }: Revision): string {
  const annotations = {
    ...template.metadata?.annotations,
    ...(cause !== '' && { 'kubernetes.io/change-cause': cause }),
  };
  const sheet = new Sheet();
  describeTemplate(sheet, { ...template, metadata: { ...template.metadata, annotations } });
  return sheet.raw();
}
