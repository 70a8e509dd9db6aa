/** `kubectl create token` */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import { CommandError, StatusError } from '../../errors.ts';
import { array, duration, string } from '../../flags/define.ts';
import { outputFlags, printerFor } from '../../print/printer.ts';
import { nameOf } from './generator.ts';

export const token: Command = {
  name: 'token',
  short: 'Request a service account token',
  examples: 'kubectl create token robot --duration=10m',
  args: 'SERVICE_ACCOUNT_NAME',
  completes: 'names:serviceaccounts',
  flags: [
    array(
      'audience',
      'Audience of the requested token. May be repeated to request a token valid for multiple audiences.',
    ),
    duration('duration', 'Requested lifetime of the issued token.'),
    string('bound-object-kind', 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret.'),
    string('bound-object-name', 'Name of an object to bind the token to.'),
    string('bound-object-uid', 'UID of an object to bind the token to.'),
    ...outputFlags(),
  ],
  run: async (context) => {
    const { flags } = context;
    const name = nameOf(context);
    const lifetime = flags.duration('duration');
    if (lifetime < 0) throw new CommandError('--duration must be greater than or equal to 0');
    if (lifetime % 1000 !== 0) throw new CommandError('--duration cannot be expressed in units less than seconds');
    const [kind, bound, uid] = ['kind', 'name', 'uid'].map((each) => flags.string(`bound-object-${each}`)) as [
      string,
      string,
      string,
    ];
    if (kind === '' && bound !== '')
      throw new CommandError('--bound-object-name can only be set if --bound-object-kind is provided');
    if (kind === '' && uid !== '')
      throw new CommandError('--bound-object-uid can only be set if --bound-object-kind is provided');
    if (kind !== '' && !['Node', 'Pod', 'Secret'].includes(kind)) {
      throw new CommandError('supported --bound-object-kind values are Node, Pod, Secret');
    }
    if (kind !== '' && bound === '')
      throw new CommandError('--bound-object-name is required if --bound-object-kind is provided');
    const spec = {
      audiences: flags.list('audience'),
      ...(lifetime > 0 && { expirationSeconds: lifetime / 1000 }),
      ...(kind !== '' && { boundObjectRef: { apiVersion: 'v1', kind, name: bound, ...(uid !== '' && { uid }) } }),
    };
    const print = printerFor(flags);
    const path = `/api/v1/namespaces/${context.namespace}/serviceaccounts/${name}/token`;
    let answer: KubeObject;
    try {
      answer = await context.client.create(path, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec,
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new CommandError(`failed to create token: ${error.message}`);
    }
    context.out(print ? print(answer) : `${(answer.status as { token: string }).token}${context.io.tty ? '\n' : ''}`);
  },
};
