/** `kubectl exec` and `kubectl attach` */
import type { Pod } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, PlainError } from '../errors.ts';
import { bool, duration, string } from '../flags/define.ts';
import type { StreamEnd } from '../ports.ts';
import { filenameFlags } from '../resources/files.ts';
import { activeFirst, chooseContainer, containerList, containersOf, firstPod } from '../resources/pods.ts';
import { mustFind } from '../resources/query.ts';

const FLAGS = [
  ...filenameFlags('to use to choose the pod'),
  bool('stdin', 'Pass stdin to the container', { short: 'i' }),
  bool('tty', 'Stdin is a TTY', { short: 't' }),
  bool('quiet', 'Only print output from the remote session', { short: 'q' }),
  string(
    'container',
    'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
    { short: 'c' },
  ),
  duration('pod-running-timeout', 'The length of time to wait until at least one pod is running', { byDefault: '1m' }),
];

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.';

export const exec: Command = {
  name: 'exec',
  section: 'Troubleshooting and Debugging Commands',
  short: 'Execute a command in a container',
  examples: `
# One command
kubectl exec web -- date

# A shell
kubectl exec -it web -- sh`,
  args: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  completes: 'names:pods',
  flags: FLAGS,
  run: async (context) => {
    const { args, dash } = context;
    if (args.length === 0 && context.flags.list('filename').length === 0) {
      throw new CommandError('pod, type/name or --filename must be specified');
    }
    if (dash < 0 && args.length > 1) {
      throw context.usage('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
    }
    const command = dash < 0 ? [] : args.slice(dash);
    if (command.length === 0) throw new CommandError('you must specify at least one command for the container');
    const pod = await chosenPod(context);
    return stream(context, pod, 'exec', command);
  },
};

export const attach: Command = {
  name: 'attach',
  section: 'Troubleshooting and Debugging Commands',
  short: 'Attach to a running container',
  examples: 'kubectl attach web -it',
  args: '(POD | TYPE/NAME) -c CONTAINER',
  completes: 'names:pods',
  flags: FLAGS,
  run: async (context) => {
    if (context.args.length === 0) throw new CommandError('at least 1 argument is required for attach');
    if (context.args.length > 2) {
      throw context.usage(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${context.args.length}: [${context.args.join(' ')}]`,
      );
    }
    return stream(context, await chosenPod(context), 'attach', []);
  },
};

async function chosenPod(context: Context): Promise<Pod> {
  const args = context.dash < 0 ? context.args : context.args.slice(0, context.dash);
  const { infos } = await mustFind(context, {
    args,
    defaultType: args.length === 2 ? undefined : 'pods',
    files: true,
    latest: true,
  });
  const [info] = infos;
  if (!info) throw new CommandError('pod, type/name or --filename must be specified');
  return (await firstPod(context, info, context.flags.duration('pod-running-timeout'), activeFirst)).pod;
}

/** Attaches to a container of a pod that runs. */
export function attachTo(context: Context, pod: Pod, container: string): Promise<number> {
  return stream(context, pod, 'attach', [], container);
}

async function stream(
  context: Context,
  pod: Pod,
  verb: 'exec' | 'attach',
  command: readonly string[],
  given = '',
): Promise<number> {
  const { flags, io } = context;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    throw new CommandError(
      `cannot ${verb === 'exec' ? 'exec into' : 'attach to'} a container in a completed pod; current phase is ${pod.status.phase}`,
    );
  }
  const container =
    given ||
    (flags.has('container') ? flags.string('container') : '') ||
    chooseContainer(context, pod, flags.bool('quiet'));
  if (!containersOf(pod).some(({ name }) => name === container)) {
    throw new CommandError(
      `container ${container} is not valid for pod ${pod.metadata.name} out of: ${containerList(pod)}`,
    );
  }
  const [stdin, tty] = [flags.bool('stdin'), flags.bool('tty') && io.keys !== undefined];
  if (flags.bool('tty') && io.keys === undefined)
    context.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  if (!io.stream) throw new CommandError(`${verb} needs a stream, which is not there`);
  const query = new URLSearchParams({ container });
  for (const [name, isOn] of Object.entries({ stdin, stdout: true, stderr: !tty, tty }))
    if (isOn) query.set(name, 'true');
  for (const word of command) query.append('command', word);
  if (verb === 'attach' && !flags.bool('quiet'))
    context.err(`${RECORDED}\nIf you don't see a command prompt, try pressing enter.\n`);
  const keys = stdin && io.stdin === undefined ? io.keys?.(tty ? 'raw' : 'lines') : undefined;
  const decoders = [new TextDecoder(), new TextDecoder()] as const;
  try {
    const end = await io.stream(
      `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/${verb}?${query}`,
      {
        input: keys?.bytes ?? (stdin ? once(io.stdin ?? '') : null),
        output: (bytes) => context.out(decoders[0].decode(bytes, { stream: true })),
        error: (bytes) => context.err(decoders[1].decode(bytes, { stream: true })),
        size: tty ? io.size : undefined,
        onResize: tty ? io.onResize : undefined,
        signal: io.signal,
      },
    );
    return exitCode(end);
  } finally {
    keys?.stop();
  }
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  if (text !== '') yield new TextEncoder().encode(text);
}

/** Of a process that ended with a failure, in the words that kubectl tells it. */
function exitCode({ status, reason, message, details, refused }: StreamEnd): number {
  if (status === undefined || status === 'Success') return 0;
  if (refused) throw new CommandError(`unable to upgrade connection: ${message}`);
  const code = Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message);
  if (reason === 'NonZeroExitCode' && Number.isInteger(code))
    throw new PlainError(`command terminated with exit code ${code}`, code);
  throw new CommandError(message ?? 'the stream broke');
}
