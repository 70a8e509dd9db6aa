import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { parseQuantity, QUANTITY_FORMAT_ERROR } from '../../../../../kube/machinery/quantity.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { string } from '../../flags/define.ts';
import { containerPatch, containersMatching, podSpecOf } from '../../resources/pod-spec.ts';
import { changeAll, setterFlags } from './setter.ts';

export const resources: Command = {
  name: 'resources',
  short: 'Update resource requests/limits on objects with pod templates',
  examples: 'kubectl set resources deployment web -c nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m',
  args: '(-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]',
  completes: 'types-and-names',
  flags: [
    ...setterFlags(),
    string('containers', 'The names of containers in the selected pod templates to change - may use wildcards', {
      short: 'c',
      byDefault: '*',
    }),
    string('limits', "The resource requirement limits for this container. For example, 'cpu=100m,memory=256Mi'."),
    string('requests', "The resource requirement requests for this container. For example, 'cpu=100m,memory=256Mi'."),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args } = context;
  if (flags.bool('all') && flags.string('selector') !== '') {
    throw new CommandError('cannot set --all and --selector at the same time');
  }
  const [limits, requests] = [amounts(flags.string('limits')), amounts(flags.string('requests'))];
  if (!limits && !requests) {
    throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)');
  }
  const pattern = flags.string('containers');
  await changeAll(context, {
    resources: args,
    done: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template ',
    patch: ({ object }) => {
      const found = containersMatching(podSpecOf(object as KubeObject), pattern).filter(
        ({ field }) => field === 'containers',
      );
      if (found.length === 0) throw new CommandError(`error: unable to find container named ${pattern}`);
      const change = { resources: { ...(limits && { limits }), ...(requests && { requests }) } };
      const isSame = found.every(({ container }) => {
        const has = (list: Record<string, string> | undefined, wanted: Record<string, string> | undefined): boolean =>
          Object.entries(wanted ?? {}).every(([name, amount]) => list?.[name] === amount);
        return has(container.resources?.limits, limits) && has(container.resources?.requests, requests);
      });
      if (isSame) return undefined;
      return containerPatch(
        object as KubeObject,
        found.map(({ field, container }) => ({ field, name: container.name, change })),
      );
    },
  });
}

function amounts(text: string): Record<string, string> | undefined {
  if (text === '') return undefined;
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', amount, ...more] = pair.split('=');
      if (amount === undefined || more.length > 0) {
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      }
      if (!parseQuantity(amount)) throw new CommandError(QUANTITY_FORMAT_ERROR);
      return [name, amount];
    }),
  );
}
