/** `kubectl apply view-last-applied` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { LAST_APPLIED } from '../apply/last-applied.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { string } from '../flags/define.ts';
import { yamlOf } from '../print/yaml.ts';
import { all, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { mustFind } from '../resources/query.ts';

export const viewLastApplied: Command = {
  name: 'view-last-applied',
  short: 'View the latest last-applied-configuration annotations of a resource/object',
  args: '(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  completes: 'types-and-names',
  flags: [
    string('output', 'Output format. Must be one of (yaml, json)', {
      short: 'o',
      byDefault: 'yaml',
      choices: ['yaml', 'json'],
    }),
    SELECTOR,
    all('Select all resources in the namespace of the specified resource types'),
    ...filenameFlags('that contains the last-applied-configuration annotations'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  const format = flags.string('output');
  if (format !== 'yaml' && format !== 'json') {
    throw context.usage(`Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`);
  }
  const { infos } = await mustFind(context, {
    args,
    files: true,
    latest: true,
    labelSelector: flags.string('selector'),
    all: flags.bool('all'),
  });
  for (const { object, name } of infos) {
    const text = (object as KubeObject).metadata.annotations?.[LAST_APPLIED];
    if (!text) throw new CommandError(`no last-applied-configuration annotation found on resource: ${name}`);
    const value = JSON.parse(text) as unknown;
    context.out(format === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : yamlOf(value));
  }
}
