import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { podPatch, podSpecOf } from '../../resources/pod-spec.ts';
import { changeAll, setterFlags } from './setter.ts';

export const serviceaccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Update the service account of a resource',
  examples: 'kubectl set serviceaccount deployment web robot',
  args: '(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  completes: 'types-and-names',
  flags: setterFlags(),
  run: async (context) => {
    if (context.args.length === 0) throw new CommandError('serviceaccount is required');
    const account = context.args.at(-1) as string;
    await changeAll(context, {
      resources: context.args.slice(0, -1),
      done: 'serviceaccount updated',
      failure: 'failed to patch ServiceAccountName ',
      patch: ({ object }) => {
        if (podSpecOf(object as KubeObject).serviceAccountName === account) return undefined;
        return podPatch(object as KubeObject, { serviceAccountName: account, serviceAccount: account });
      },
    });
  },
};
